"""What one registration costs in the whole system, and what a day needs: `python -m tests.performance.capacity`.

All processes run as in production, a process for each role of each service; registrations arrive at a steady rate, each
with an SMS and an e-mail, and the run ends when everything that follows from them is done. CPU is user and system time
of each process, less what it uses while nothing happens. Figures: `.local/bench/capacity.json`; the tables of
docs/reference/capacity.md are printed.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil
from rich.console import Console

from deploy.local.system import System
from pasum.api import addresses
from pasum.demo.demonstration import Demonstration
from shared.contracts import SERVICE_NAMES
from tests.chaos.settle import settle
from tests.performance import http_registrations
from tests.performance.bench_environment import FOLDER
from tests.performance.load import post, send
from tests.performance.sizing import tables

IDLE_SECONDS: Final = 30.0
PATIENCE_SECONDS: Final = 180.0
MEBIBYTE: Final = 2**20
_FACTS: Final = "SELECT count(*) FROM outbox_published"
_EVENTS: Final = "SELECT count(*) FROM inbox"
_WAL: Final = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one registration costs: CPU in ms by process, bytes by place, counts; memory (MiB) of each process.

    `idle_ms` is CPU in ms for each second without work; `meeting_bytes` are objects and packages of one meeting.
    """

    registrations: int
    per_second: float
    cpu_ms: Mapping[str, float]
    idle_ms: Mapping[str, float]
    memory_mib: Mapping[str, float]
    database_bytes: Mapping[str, int]
    wal_bytes: int
    kafka_bytes: int
    facts: float
    events: Mapping[str, float]
    meeting_bytes: int
    load_average: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    cpu: Mapping[str, float]
    databases: Mapping[str, int]
    facts: int
    events: Mapping[str, int]
    wal: int
    kafka: int


def measure(*, registrations: int, per_second: float, console: Console) -> Cost:
    """The cost of a registration on a new system, after a whole meeting was played as a warm-up."""
    with System(FOLDER / "capacity", fresh=True, apart=True) as system:
        system.start()
        found = addresses(system.stack.address_file)
        with Demonstration(found, lambda *_: None) as demonstration:
            demonstration.run()
        meetings = http_registrations.open_meetings(system)
        _register(system, meetings, 200, per_second)
        _rest(system, console)
        idle = _idle(system)
        console.print(f"  {registrations} registrations, {per_second:g} a second")
        before, began = _look(system), time.monotonic()
        _register(system, meetings, registrations, per_second)
        _rest(system, console)
        after, seconds = _look(system), time.monotonic() - began
        memory = {name: _rss(process.pid) for name, process in system.running.items()}
        meeting = _size(system.folder / "data" / "objects", "*") + _size(system.folder / "data" / "archive", "*")
    cpu = {name: after.cpu[name] - before.cpu[name] - idle[name] * seconds for name in before.cpu}
    return Cost(
        registrations=registrations,
        per_second=per_second,
        cpu_ms={name: round(max(0.0, used) * 1000 / registrations, 3) for name, used in cpu.items()},
        idle_ms={name: round(used * 1000, 2) for name, used in idle.items()},
        memory_mib={name: round(used, 1) for name, used in memory.items()},
        database_bytes={
            name: (after.databases[name] - before.databases[name]) // registrations for name in SERVICE_NAMES
        },
        wal_bytes=(after.wal - before.wal) // registrations,
        kafka_bytes=(after.kafka - before.kafka) // registrations,
        facts=round((after.facts - before.facts) / registrations, 2),
        events={name: round((after.events[name] - before.events[name]) / registrations, 2) for name in SERVICE_NAMES},
        meeting_bytes=meeting,
        load_average=round(psutil.getloadavg()[1], 1),
    )


def _register(system: System, meetings: list[str], number: int, per_second: float) -> None:
    """Registrations of new people, in equal portions each half second."""
    portion, left = max(1, round(per_second / 2)), number
    while left:
        began = time.monotonic()
        some = min(portion, left)
        requests = [_answer(meetings[next(_numbers) % len(meetings)]) for _ in range(some)]
        asyncio.run(send(system.urls["registration"], requests, connections=some))
        left -= some
        time.sleep(max(0.0, began + 0.5 - time.monotonic()))


def _answer(meeting: str) -> bytes:
    body = http_registrations.somebody()
    body["person"]["email"] = f"{next(_numbers)}.capacity@example.la"
    return post(f"/v1/meetings/{meeting}/registrations", body)


def _rest(system: System, console: Console) -> None:
    rest = asyncio.run(settle(system, patience=PATIENCE_SECONDS, say=lambda text: console.print(f"  {text}")))
    if rest.stuck:
        message = "; ".join(rest.stuck)
        raise RuntimeError(message)


def _idle(system: System) -> dict[str, float]:
    """CPU seconds for each second in which nothing happens."""
    before, began = _cpu(system), time.monotonic()
    time.sleep(IDLE_SECONDS)
    seconds = time.monotonic() - began
    return {name: (used - before[name]) / seconds for name, used in _cpu(system).items()}


def _look(system: System) -> _Look:
    databases = {name: system.stack.dsn(name) for name in SERVICE_NAMES}
    return _Look(
        cpu=_cpu(system),
        databases={name: asyncio.run(_value(dsn, _SIZE)) for name, dsn in databases.items()},
        facts=sum(asyncio.run(_value(dsn, _FACTS)) for dsn in databases.values()),
        events={name: asyncio.run(_value(dsn, _EVENTS)) for name, dsn in databases.items()},
        wal=asyncio.run(_value(system.stack.admin_dsn(), _WAL)),
        kafka=_size(system.folder / "kafka", "eoffice*/*.log"),
    )


_SIZE: Final = "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE relkind IN ('r', 'm')"


def _cpu(system: System) -> dict[str, float]:
    """CPU seconds of each process with its children, those that have ended included."""
    postgres, kafka = system.stack.postgres, system.stack.kafka
    if postgres is None or postgres.pid is None or kafka is None:
        raise RuntimeError("the cost of servers that are somebody else's cannot be measured")
    pids = {name: process.pid for name, process in system.running.items() if name.partition("-")[0] in SERVICE_NAMES}
    return {
        name: _seconds(pid) for name, pid in {**pids, "PostgreSQL": postgres.pid, "Kafka": kafka.process(1).pid}.items()
    }


def _seconds(pid: int) -> float:
    process = psutil.Process(pid)
    times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
    return float(sum(each.user + each.system + each.children_user + each.children_system for each in times))


def _rss(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / MEBIBYTE


def _size(folder: Path, pattern: str) -> int:
    return sum(file.stat().st_size for file in folder.rglob(pattern) if file.is_file())


async def _value(dsn: str, query: str) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def main() -> int:
    """Measure, write the figures, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.capacity", description=__doc__)
    parser.add_argument("--registrations", type=int, default=1_500)
    parser.add_argument("--per-second", type=float, default=20.0)
    given = parser.parse_args()
    cost = measure(registrations=given.registrations, per_second=given.per_second, console=Console())
    (FOLDER / "capacity.json").write_text(json.dumps(asdict(cost), indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(tables(asdict(cost)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
