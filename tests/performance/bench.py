"""`make bench`: all measurements on one fresh stack; prints a table and writes .local/bench/report.json."""

import argparse
import os
import sys

import uvloop
from rich.console import Console

from shared.observability.logging import configure_logging
from tests.performance import bus, doors
from tests.performance.figures import Figure, write
from tests.performance.ground import FOLDER, system
from tests.stack import settings_of

PATHS = ("http", "bus", "latency")


def main() -> int:
    """The exit code; an error in any measurement is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench", description=__doc__)
    parser.add_argument(
        "--only", choices=PATHS, action="append", help="may be given more than once; all of them by default"
    )
    chosen = parser.parse_args().only or PATHS
    configure_logging("bench", "warning", stream=sys.stderr)
    console = Console(width=None if sys.stdout.isatty() else 160)
    figures: dict[str, Figure] = {}
    with system() as started:
        if "http" in chosen:
            console.print("· HTTP registrations")
            figures |= doors.measure(started)
        started.running["registration-api"].stop()
        kafka = settings_of(started.stack.kafka_environment())
        if "latency" in chosen:
            console.print("· latency")
            figures |= bus.latency(started.stack)
        if "bus" in chosen:
            console.print("· relay and consumer")
            figures |= uvloop.run(bus.throughput(started.stack, kafka))
    write(figures, FOLDER / "report.json", console)
    console.print(f"{os.cpu_count()} cores; medians of rounds taken in turn with the raw limit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
