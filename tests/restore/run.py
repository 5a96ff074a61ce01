"""The restore drill: `python -m tests.restore.run`; exit code 0 if nothing was lost and no message was sent twice.

Report: `.local/restore/report.json`, written whatever happens; histories and logs are beside it.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from deploy.local import postgres
from tests.restore.drill import LEFT_OUT, Drill

FOLDER = Path(".local/restore")


def main() -> int:
    """Run the drill in a folder of its own, which PostgreSQL's user may enter."""
    parser = argparse.ArgumentParser(prog="python -m tests.restore.run", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--leave-out", choices=LEFT_OUT, default="", help="a step; the drill must fail then")
    arguments = parser.parse_args()
    results: Path = arguments.folder.absolute()
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    console = Console(width=None if sys.stdout.isatty() else 120)
    place = Path(tempfile.mkdtemp(prefix="pasum-restore-"))
    place.chmod(0o711)
    drill = Drill(place, results, console, leave_out=arguments.leave_out)
    try:
        drill.run()
    except Exception as error:  # noqa: BLE001 -- the report tells it
        console.print_exception()
        drill.report.problems.append(f"{type(error).__name__}: {error}")
    finally:
        _keep_logs(place, results)
    drill.report.state = "failed" if drill.report.problems else "passed"
    drill.report.write(results / "report.json")
    drill.report.show(console)
    return 0 if drill.report.state == "passed" else 1


def _keep_logs(place: Path, results: Path) -> None:
    for system in ("old", "new"):
        if (place / system / "logs").exists():
            shutil.copytree(place / system / "logs", results / "logs" / system)
        for log in (*place.glob(f"{system}/kafka/*/kafka.log"), *place.glob(f"{system}/postgres/*.log")):
            shutil.copyfile(log, results / "logs" / system / log.name)
        postgres.remove(place / system / "postgres")
    shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
