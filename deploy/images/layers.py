"""Makes the layers of an image, inside its build: the same bytes whenever and wherever it is built.

python3 layers.py libraries    what was installed since the last call, into /layers/libraries
python3 layers.py code         our own code, into /layers/code

Needs only Python's standard library, and `strip` of binutils.
"""

import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

HOME: Final = Path("/opt/pasum")
LAYERS: Final = Path("/layers")
MTIME: Final = 315_532_800
"""Of every file: 1980-01-01, the earliest that a ZIP can hold. So a layer is the same until a file changes."""

_DONE: Final = LAYERS / "done.txt"  # paths that an earlier call has put into a layer
_SOURCES: Final = {".c", ".cpp", ".h", ".pxd", ".pxi", ".pyx"}  # of what is compiled; needed by nobody who runs it
_STRIPPED_AT_ONCE: Final = 50


def main(kind: str) -> None:
    """Put everything that is new in the environment or in our code into one layer."""
    folder = HOME / "lib" if kind == "libraries" else HOME / "app"
    _prune(folder)
    _strip([path for path in _files(folder) if ".so" in path.suffixes])
    _compile(path for path in _files(folder) if path.suffix == ".py")
    done = set(_DONE.read_text(encoding="utf-8").splitlines()) if _DONE.exists() else set()
    new = [path for path in _files(HOME) if str(path) not in done]
    target = LAYERS / kind
    for path in new:
        _copy(path, target / path.relative_to("/"))
    _set_times(target)
    _DONE.write_text("\n".join(sorted(done | {str(path) for path in new})), encoding="utf-8")


def _files(folder: Path) -> Iterator[Path]:
    """All files and symbolic links, in the same order everywhere."""
    return (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())


def _prune(folder: Path) -> None:
    """Remove what a running service never reads: tests of libraries and the sources of compiled modules."""
    for path in [each for each in folder.rglob("tests") if each.is_dir()]:
        shutil.rmtree(path, ignore_errors=True)
    for path in _files(folder):
        if path.suffix in _SOURCES:
            path.unlink()


def _strip(libraries: list[Path]) -> None:
    """Remove symbols that only debuggers read, which are a third of what the libraries take."""
    for first in range(0, len(libraries), _STRIPPED_AT_ONCE):
        some = [str(path) for path in libraries[first : first + _STRIPPED_AT_ONCE]]
        subprocess.run(["strip", "--strip-unneeded", *some], check=True)  # noqa: S607 -- the build's own


def _compile(sources: Iterable[Path]) -> None:
    """Compile what is not compiled yet; the result names no time, and is never compared with its source again."""
    for path in sources:
        if not Path(cache_from_source(str(path))).exists():
            py_compile.compile(
                str(path), doraise=False, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
            )


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target, follow_symlinks=False)
    if not path.is_symlink():
        target.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644)


def _set_times(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (MTIME, MTIME), follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1])
