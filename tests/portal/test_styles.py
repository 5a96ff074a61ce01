"""The style sheet that is committed is the one that its source makes."""

import shutil
import subprocess
from pathlib import Path

from services.portal.web.assets import FOLDER
from tests.counterparts import CounterpartUnavailable, needed

ROOT = Path(__file__).parents[2]


def built(folder: str) -> Path:
    """The style sheet as `make styles` makes it; raises `CounterpartUnavailable` without npm or its packages."""
    make = shutil.which("make")
    if make is None or shutil.which("npm") is None:
        raise CounterpartUnavailable("make and npm are on no PATH")
    made = Path(folder) / "portal.css"
    command = [make, "styles", f"STYLE_SHEET={made}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CounterpartUnavailable(f"make styles failed: {done.stderr.strip()[-2000:]}")
    return made


def test_the_style_sheet_is_made_of_its_source(tmp_path: Path) -> None:
    assert needed(built, str(tmp_path)).read_bytes() == (FOLDER / "portal.css").read_bytes()
