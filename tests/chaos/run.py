"""The chaos run: the whole system under load, broken on purpose all the time, then looked at from outside.

python -m tests.chaos.run --seed 7 --minutes 2

The same seed makes the same schedule of faults. Exit code 0: nothing lost, doubled, reordered or stuck. 1: something
was, or the run could not be carried out. The report is written whatever happens.
"""

import argparse
import asyncio
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.chaos.experiment import Options, run_experiment
from tests.chaos.schedule import KINDS, PACE, Shape, schedule

FOLDER = Path(".local/chaos")


def options(arguments: Sequence[str] | None = None) -> Options:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5.0, help="of load and faults; start and check come on top")
    parser.add_argument("--brokers", type=int, default=3)
    parser.add_argument("--replicas", type=int, default=2, help="processes of each role of each service")
    parser.add_argument("--rate", type=float, default=15.0, help="requests a second, in all")
    parser.add_argument("--pace", type=float, default=PACE, help="faults a minute")
    parser.add_argument("--kinds", type=_kinds, default=(), help=f"only these, comma-separated: {', '.join(KINDS)}")
    parser.add_argument("--settle", type=float, default=150.0, help="seconds without any progress towards rest")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--plan", action="store_true", help="print the schedule and do nothing")
    given = vars(parser.parse_args(arguments))
    shape = Shape(**{name: given.pop(name) for name in ("brokers", "replicas", "pace", "kinds")})
    return Options(shape=shape, **given)


def main() -> int:
    """The whole run; SIGINT and SIGTERM end it early, with a report."""
    asked = options()
    console = Console(width=None if sys.stdout.isatty() else 120)
    if asked.plan:
        for fault in schedule(asked.seed, asked.minutes, asked.shape):
            console.print(
                f"{fault.at:8.1f} s  {fault.kind:<16} {fault.target:<26} {fault.seconds:g} s", highlight=False
            )
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # every connection of the system goes through our proxies
    try:
        return asyncio.run(run_experiment(asked, console))
    except KeyboardInterrupt:
        return 130


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(word.strip() for word in text.split(","))
    if strangers := set(kinds) - set(KINDS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(strangers))}")
    return kinds


if __name__ == "__main__":
    sys.exit(main())
