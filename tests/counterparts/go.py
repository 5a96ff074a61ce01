"""Programs written in Go, built from the versions that `<name>/go.mod` and `go.sum` pin; a build is made once.

`<name>/tools.go` imports the packages of the programs; `<name>/ldflags` holds flags of the linker, if there are any.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.local.packages import alone, cache_folder
from tests.counterparts import CounterpartUnavailable

_HERE = Path(__file__).parent
_IMPORT = re.compile(r'^\s*(?:import )?_ "([^"]+)"$', re.MULTILINE)
_NAMES_OF_INPUTS = ("go.mod", "go.sum", "tools.go", "ldflags")


def program(module: str, name: str | None = None) -> Path:
    """The program `name` of the folder `module`, which has one program if no name is given.

    The first call builds it, which takes minutes; raises `CounterpartUnavailable` without Go or without its packages.
    """
    package = _package(_HERE / module, name)
    target = cache_folder() / f"go-{module}-{_digest(_HERE / module)}" / package.rpartition("/")[2]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone(target.parent):
            if not target.exists():
                _build(_HERE / module, package, target)
    return target


def _package(folder: Path, name: str | None) -> str:
    packages = _IMPORT.findall((folder / "tools.go").read_text(encoding="utf-8"))
    (package,) = (each for each in packages if name is None or each.endswith(f"/{name}"))
    return str(package)


def _digest(folder: Path) -> str:
    content = [(folder / each).read_bytes() for each in _NAMES_OF_INPUTS if (folder / each).exists()]
    return hashlib.sha256(b"\0".join(content)).hexdigest()[:12]


def _build(folder: Path, package: str, target: Path) -> None:
    if (go := shutil.which("go")) is None:
        raise CounterpartUnavailable("it is built with Go, which is not installed")
    ldflags = folder / "ldflags"
    flags = " ".join(["-s", "-w", *(ldflags.read_text(encoding="ascii").split() if ldflags.exists() else ())])
    unfinished = target.with_suffix(".building")
    command = [go, "build", "-buildvcs=false", "-trimpath", "-ldflags", flags, "-o", str(unfinished), package]
    settings = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CounterpartUnavailable(f"go build {package} failed: {done.stderr.strip()[-2000:]}")
    unfinished.rename(target)
