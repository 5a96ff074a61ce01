"""Runs inside an image, as its user: imports all of our code and loads every native library; tells what failed."""

import ctypes
import importlib
import pkgutil
import sys
from pathlib import Path

HOME = Path("/opt/pasum")


def main(packages: list[str]) -> int:
    """The exit code: 0 where everything could be loaded."""
    failed = [f"{path}: {error}" for path in sorted(HOME.rglob("*.so*")) if (error := _load(path))]
    for name in packages:
        package = importlib.import_module(name)
        modules = [one.name for one in pkgutil.walk_packages(package.__path__, f"{name}.")]
        failed += [f"{module}: {error}" for module in modules if (error := _import(module))]
    sys.stderr.write("\n".join(failed))
    return 1 if failed else 0


def _load(path: Path) -> str:
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return str(error)
    return ""


def _import(module: str) -> str:
    if ".versions" in module or module == "shared.migrations.env":
        return ""  # run by Alembic, outside of the packages
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 -- told, whatever it is
        return repr(error)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
