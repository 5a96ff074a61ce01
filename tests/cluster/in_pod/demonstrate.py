"""Plays the demonstration's meetings against the cluster, counts, and prints the report as JSON on the last line."""

import json
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from pasum.demo.demonstration import Demonstration
from pasum.demo.report import figures

SETTINGS = Path("/settings/settings.json")


def main() -> None:
    """Play and count; raises where the cluster does not do what is expected, or two counts differ."""
    found = json.loads(SETTINGS.read_text(encoding="utf-8"))
    begun = time.monotonic()

    def report_step(_lao: str, english: str = "") -> None:
        sys.stdout.write(f"{time.monotonic() - begun:5.1f} s {english}\n")
        sys.stdout.flush()

    with Demonstration(found, report_step) as played:
        played.run()
        report_step("", "Counting, in every place where something was kept")
        played.training.keep(Path(mkdtemp()))
        seconds = time.monotonic() - begun
        report = figures(found, played.meeting, played.second.meeting, training=played.training, seconds=seconds)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
