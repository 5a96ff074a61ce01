"""What the measurements run on: the real stack, registration's API as a process, and a raw application beside it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from confluent_kafka.admin import NewTopic

from deploy.local import topics
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import Process, Program, http_ready, inherited
from deploy.local.stack import Stack
from deploy.local.system import System
from shared.contracts.registration import MEETING

FOLDER = Path(".local/bench")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that is measured."""

    url: str
    process: Process

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def system(*web: str) -> Iterator[System]:
    """Stack, issuer, registration's `api` role and these web applications; the other services would only disturb."""
    with System(FOLDER / "system", fresh=True) as started:
        started.start_only(registration="api", **dict.fromkeys(web, "api"))
        yield started


def registration(started: System) -> Server:
    """Registration's API."""
    return Server(url=started.urls["registration"], process=started.running["registration-api"])


def portal(started: System) -> Server:
    """The portal, before registration's API."""
    return Server(url=started.urls["portal"], process=started.running["portal"])


def analyse(started: System, service: str) -> None:
    """What autovacuum does within a minute of the first rows: without it, PostgreSQL plans for empty tables."""
    execute(started, service, "ANALYZE")


def execute(started: System, service: str, statement: str) -> None:
    """One statement in the database of a service."""

    async def run() -> None:
        connection = await asyncpg.connect(started.stack.dsn(service))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def raw(started: System) -> Server:
    """The raw application, on the same PostgreSQL."""
    (port,) = free_ports(1)
    program = Program(
        name="raw",
        argv=[sys.executable, "-m", "tests.performance.raw_app"],
        log=started.folder / "logs" / "raw.log",
        environment=inherited(RAW_DSN=started.stack.dsn("registration"), RAW_PORT=str(port)),
    )
    process = started.stack.processes.start(program)
    url = f"http://{LOOPBACK}:{port}"
    process.wait_until_ready(http_ready(f"{url}/readyz"))
    return Server(url=url, process=process)


def worker(stack: Stack, name: str, *argv: str, **environment: str) -> Process:
    """A process of the measurement itself: `python -m tests.performance.<name>`."""
    program = Program(
        name=name,
        argv=[sys.executable, "-m", f"tests.performance.{name}", *argv],
        log=stack.folder / "logs" / f"{name}.log",
        environment=inherited(**environment),
    )
    return stack.processes.start(program)


def create_topics(stack: Stack, names: Sequence[str]) -> None:
    """Topics of the measurement's own, with as many partitions as a real one."""
    if stack.kafka is None:
        raise RuntimeError("the measurement makes topics of its own: it needs a Kafka of its own")
    topics.create(stack.kafka.admin(), [NewTopic(name, MEETING.partitions, 1) for name in names])
