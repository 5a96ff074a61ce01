"""Faults of the servers: brokers killed and stopped, PostgreSQL stopped at once and killed, disks full."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed


@asynccontextmanager
async def broker_kill(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """SIGKILL to one broker."""
    with testbed.supervisor.paused(fault.target):
        await asyncio.to_thread(_kafka(testbed).process(_number(fault.target)).kill)
        yield


@asynccontextmanager
async def broker_terminate(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """SIGTERM to one broker."""
    with testbed.supervisor.paused(fault.target):
        await asyncio.to_thread(_kafka(testbed).process(_number(fault.target)).stop)
        yield


@asynccontextmanager
async def controller_kill(testbed: Testbed, _: Planned) -> AsyncIterator[None]:
    """SIGKILL to the broker that leads the metadata quorum at this moment."""
    kafka = _kafka(testbed)
    leader = kafka.controller()
    with testbed.supervisor.paused(f"kafka-{leader}"):
        await asyncio.to_thread(kafka.process(leader).kill)
        yield


@asynccontextmanager
async def postgres_stop(testbed: Testbed, _: Planned) -> AsyncIterator[None]:
    """PostgreSQL's immediate shutdown."""
    with testbed.supervisor.paused("postgres"):
        await asyncio.to_thread(_postgres(testbed).stop_at_once)
        yield


@asynccontextmanager
async def postgres_kill(testbed: Testbed, _: Planned) -> AsyncIterator[None]:
    """SIGKILL to PostgreSQL and all its backends."""
    with testbed.supervisor.paused("postgres"):
        await asyncio.to_thread(_postgres(testbed).kill)
        yield


@asynccontextmanager
async def disk_full(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """Not one byte can be written where a server keeps its data."""
    async with AsyncExitStack() as stack:
        full = testbed.disk(fault.target).full()
        await asyncio.to_thread(stack.enter_context, full)
        yield


def _kafka(testbed: Testbed) -> Kafka:
    if testbed.system.stack.kafka is None:
        raise LookupError("this Kafka is somebody else's")
    return testbed.system.stack.kafka


def _postgres(testbed: Testbed) -> Postgres:
    if testbed.system.stack.postgres is None:
        raise LookupError("these databases are somebody else's")
    return testbed.system.stack.postgres


def _number(name: str) -> int:
    return int(name.removeprefix("kafka-"))


BREAKS: Final[Mapping[str, Callable[[Testbed, Planned], AbstractAsyncContextManager[None]]]] = {
    "broker-kill": broker_kill,
    "broker-terminate": broker_terminate,
    "controller-kill": controller_kill,
    "postgres-stop": postgres_stop,
    "postgres-kill": postgres_kill,
    "disk-full": disk_full,
}
