"""Memory of everything `make run` starts: after a whole meeting was played, while answers keep coming in."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from itertools import count
from statistics import median

import psutil
from rich.console import Console

from deploy.local.system import System
from pasum.api import addresses
from pasum.demo.demonstration import Demonstration
from shared.contracts import SERVICE_NAMES
from tests.chaos.settle import lags
from tests.performance import http_registrations
from tests.performance.bench_environment import FOLDER
from tests.performance.figures import Figure, alone, beside
from tests.performance.load import send

PER_SECOND = 50
SECONDS_BETWEEN_LOOKS = 10
MEBIBYTE = 2**20

Sample = dict[str, float]
"""MiB by name."""
Behind = dict[str, int]
"""Records that a service has not taken yet, by service."""


def measure(*, minutes: float, console: Console) -> dict[str, Figure]:
    """The most that each process had, the most that all had together, and how much each grew meanwhile."""
    with System(FOLDER / "memory", fresh=True) as started:
        started.start()
        with Demonstration(addresses(started.stack.address_file), lambda *_: None) as demonstration:
            demonstration.run()
        console.print(f"  {minutes:g} minutes of {PER_SECOND} registrations a second")
        samples, behind = _under_load(started, minutes)
    return _most(samples) | _growth(samples, minutes, behind)


def _under_load(started: System, minutes: float) -> tuple[list[Sample], Behind]:
    """A sample a second, and how far behind each service was at most."""
    meetings, numbers, samples = http_registrations.open_meetings(started), count(), []
    behind = dict.fromkeys(SERVICE_NAMES, 0)
    until = time.monotonic() + minutes * 60
    while (began := time.monotonic()) < until:
        requests = [http_registrations.answer(meetings[next(numbers) % len(meetings)]) for _ in range(PER_SECOND)]
        asyncio.run(send(started.urls["registration"], requests))
        samples.append(_sample(started))
        if len(samples) % SECONDS_BETWEEN_LOOKS == 0:
            behind = {service: max(behind[service], lag) for service, lag in lags(started).items()}
        time.sleep(max(0.0, began + 1.0 - time.monotonic()))
    return samples, behind


def _sample(started: System) -> Sample:
    """RSS of each; of PostgreSQL's processes, which share their buffers, the proportional share."""
    postgres = started.stack.postgres
    if postgres is None or postgres.pid is None:
        raise RuntimeError("the memory of servers that are somebody else's cannot be measured")
    kafka = [child for child in psutil.Process().children() if "kafka.Kafka" in child.cmdline()]
    press = psutil.Process(started.running["minutes"].pid).children()
    return {
        **{name: _rss(process.pid) for name, process in started.running.items()},
        "minutes' press": sum(_rss(child.pid) for child in press),
        "Kafka": sum(_rss(child.pid) for child in kafka),
        "PostgreSQL": _shared(postgres.pid),
    }


def _rss(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss) / MEBIBYTE
    except psutil.NoSuchProcess:  # the press has ended since it was counted
        return 0.0


def _shared(pid: int) -> float:
    parent = psutil.Process(pid)
    return sum(_share(process) for process in [parent, *parent.children(recursive=True)]) / MEBIBYTE


def _share(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except psutil.NoSuchProcess:  # a backend that has ended since it was counted
        return 0.0


def _most(samples: Sequence[Sample]) -> dict[str, Figure]:
    total = max(sum(sample.values()) for sample in samples)
    note = f"most of {len(samples)} samples, one a second"
    each = {
        f"memory: {name}": alone(max(sample[name] for sample in samples), unit="MiB", note=note) for name in samples[0]
    }
    return {**each, "memory: all of `make run`": alone(total, unit="MiB", note=note)}


def _growth(samples: Sequence[Mapping[str, float]], minutes: float, behind: Behind) -> dict[str, Figure]:
    """The median of the last fifth beside that of the second: the first fifth is the warm-up."""
    fifth = max(1, len(samples) // 5)
    begin, end = samples[fifth : 2 * fifth] or samples, samples[-fifth:]
    return {
        f"memory growth: {name}": beside(
            median(sample[name] for sample in end),
            median(sample[name] for sample in begin),
            unit="MiB",
            note=f"after a fifth of {minutes:g} minutes; at most {behind[name]} records behind",
        )
        for name in SERVICE_NAMES
    }
