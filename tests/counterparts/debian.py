"""Programs from Debian packages, on the PATH or unpacked into the cache: nothing is installed, root is not needed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.packages import alone, cache_folder
from tests.counterparts import CounterpartUnavailable


def program(package: str, name: str) -> Path:
    """The program `name`, for example `promtool` of `prometheus`.

    From the PATH or from the cache; the first call may download the package. Raises `CounterpartUnavailable` where
    there is no apt or the package cannot be downloaded.
    """
    if found := shutil.which(name):
        return Path(found)
    folder = cache_folder() / f"debian-{package}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with alone(folder.parent):
            if not folder.is_dir():
                _unpack(package, folder)
    return folder / "usr" / "bin" / name


def _unpack(package: str, folder: Path) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise CounterpartUnavailable(f"it is on no PATH, and there is no apt to download {package}")
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder.parent) as made:
        incoming = Path(made)
        (incoming / "lists" / "partial").mkdir(parents=True)
        own = [f"Dir::State::lists={incoming}/lists", f"Dir::Cache={incoming}/cache", "Debug::NoLocking=1"]
        apt = ["apt-get", "-q", *(word for each in own for word in ("-o", each))]
        _run([*apt, "update"], incoming)
        _run([*apt, "download", package], incoming)
        (archive,) = incoming.glob("*.deb")
        _run(["dpkg-deb", "-x", str(archive), "content"], incoming)
        (incoming / "content").rename(folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CounterpartUnavailable(f"{' '.join(command[-2:])} failed: {done.stderr.strip()[-2000:]}")
