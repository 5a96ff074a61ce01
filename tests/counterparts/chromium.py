"""A real browser: Chromium of the machine, else of Debian's package, which is installed if root runs the tests."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from deploy.local.packages import alone, cache_folder
from tests.counterparts import CounterpartUnavailable

_NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PACKAGE: Final = "chromium-headless-shell"


def program() -> Path:
    """The browser. It needs dozens of libraries, so it is installed rather than unpacked.

    Raises `CounterpartUnavailable` where there is none and it cannot be installed.
    """
    found = _found()
    if found is None:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            found = _found() or _installed()
    return found


def _found() -> Path | None:
    return next((Path(path) for name in _NAMES if (path := shutil.which(name))), None)


def _installed() -> Path:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise CounterpartUnavailable(f"it is on no PATH; as root on Debian: apt-get install {_PACKAGE}")
    for command in (["update"], ["install", "-y", "--no-install-recommends", _PACKAGE]):
        done = subprocess.run([apt, "-q", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise CounterpartUnavailable(f"apt-get {command[0]} failed: {done.stderr.strip()[-2000:]}")
    found = _found()
    if found is None:
        raise CounterpartUnavailable(f"{_PACKAGE} was installed, and is on no PATH")
    return found
