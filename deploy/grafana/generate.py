"""Writes the dashboards that Grafana reads: `python -m deploy.grafana.generate --write` or `--check`."""

import sys
from pathlib import Path
from typing import Final

from deploy.grafana.messaging import MESSAGING
from deploy.grafana.objectives import SLO
from deploy.grafana.office import OFFICE
from deploy.grafana.processes import PLATFORM
from deploy.grafana.requests import HTTP

FOLDER: Final = Path(__file__).parent / "dashboards"
DASHBOARDS: Final = (OFFICE, MESSAGING, HTTP, PLATFORM, SLO)


def written() -> dict[Path, str]:
    """Each file, and what it must hold."""
    return {FOLDER / f"{one.name}.json": one.json() for one in DASHBOARDS}


def main() -> int:
    """The exit code: 1 where a file is not what it must be, or should not be there."""
    files = written()
    wrong = {path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    wrong |= set(FOLDER.glob("*.json")) - files.keys()
    if sys.argv[1:] == ["--write"]:
        FOLDER.mkdir(exist_ok=True)
        for path in wrong:
            path.write_text(files[path], encoding="utf-8") if path in files else path.unlink()
        return 0
    for path in sorted(wrong):
        sys.stderr.write(f"{path.name}: not as deploy/grafana says; make format\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
