"""`make bench`: all measurements on fresh stacks; prints a table and writes .local/bench/report.json and report.md."""

import argparse
import sys
from collections.abc import Callable, Mapping

import uvloop
from rich.console import Console

from shared.observability.logging import configure_logging
from tests.performance import bulk, bus, drains, growth, http_registrations, memory, pages, queues
from tests.performance.bench_environment import FOLDER, system
from tests.performance.figures import Figure, write
from tests.stack import settings_of

ROWS = 2_000_000


def main() -> int:
    """The exit code; an error in any measurement is one, a goal that is missed is not."""
    chosen = _arguments()
    configure_logging("bench", "warning", stream=sys.stderr)
    console = Console(width=None if sys.stdout.isatty() else 200)
    parts: Mapping[str, Callable[[], dict[str, Figure]]] = {
        "http": _http,
        "pages": _pages,
        "bus": _bus,
        "latency": _latency,
        "bulk": lambda: bulk.measure(console),
        "drains": lambda: _drains(console),
        "jobs": _jobs,
        "memory": lambda: memory.measure(minutes=chosen.minutes, console=console),
        "growth": lambda: growth.measure(rows=chosen.rows, console=console),
    }
    only = chosen.only or [name for name in parts if name != "growth"]
    figures: dict[str, Figure] = {}
    for name in only:
        console.print(f"· {name}")
        figures |= parts[name]()
    write(figures, FOLDER, console, name="-".join(("report", *(chosen.only or ()))))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench", description=__doc__)
    parser.add_argument(
        "--only",
        choices=("http", "pages", "bus", "latency", "bulk", "drains", "jobs", "memory", "growth"),
        action="append",
        help="may be given more than once; all but growth by default; the report is then report-<name>",
    )
    parser.add_argument("--minutes", type=float, default=0.5, help="how long memory is watched under load")
    parser.add_argument("--rows", type=int, default=ROWS, help="registrations of growth; ten inbox rows for each")
    return parser.parse_args()


def _http() -> dict[str, Figure]:
    with system() as started:
        return http_registrations.measure(started)


def _pages() -> dict[str, Figure]:
    with system("portal") as started:
        return pages.measure(started)


def _bus() -> dict[str, Figure]:
    with system() as started:
        started.running["registration-api"].stop()
        return uvloop.run(bus.throughput(started.stack, settings_of(started.stack.kafka_environment())))


def _latency() -> dict[str, Figure]:
    with system() as started:
        started.running["registration-api"].stop()
        return bus.latency(started.stack)


def _drains(console: Console) -> dict[str, Figure]:
    with system() as started:
        started.running["registration-api"].stop()
        return drains.measure(started.stack, settings_of(started.stack.kafka_environment()), console)


def _jobs() -> dict[str, Figure]:
    with system() as started:
        started.running["registration-api"].stop()
        return queues.measure(started.stack.dsn("registration"))


if __name__ == "__main__":
    sys.exit(main())
