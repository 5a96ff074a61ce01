"""Faults of the servers: brokers killed and stopped, PostgreSQL stopped at once and killed, disks full."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from tests.chaos.schedule import Planned
from tests.chaos.stage import Stage


@asynccontextmanager
async def broker_kill(stage: Stage, fault: Planned) -> AsyncIterator[None]:
    """SIGKILL to one broker."""
    with stage.keeper.holding(fault.target):
        await asyncio.to_thread(_kafka(stage).process(_number(fault.target)).kill)
        yield


@asynccontextmanager
async def broker_terminate(stage: Stage, fault: Planned) -> AsyncIterator[None]:
    """SIGTERM to one broker."""
    with stage.keeper.holding(fault.target):
        await asyncio.to_thread(_kafka(stage).process(_number(fault.target)).stop)
        yield


@asynccontextmanager
async def controller_kill(stage: Stage, _: Planned) -> AsyncIterator[None]:
    """SIGKILL to the broker that leads the metadata quorum at this moment."""
    kafka = _kafka(stage)
    leader = kafka.controller()
    with stage.keeper.holding(f"kafka-{leader}"):
        await asyncio.to_thread(kafka.process(leader).kill)
        yield


@asynccontextmanager
async def postgres_stop(stage: Stage, _: Planned) -> AsyncIterator[None]:
    """PostgreSQL's immediate shutdown."""
    with stage.keeper.holding("postgres"):
        await asyncio.to_thread(_postgres(stage).stop_at_once)
        yield


@asynccontextmanager
async def postgres_kill(stage: Stage, _: Planned) -> AsyncIterator[None]:
    """SIGKILL to PostgreSQL and all its backends."""
    with stage.keeper.holding("postgres"):
        await asyncio.to_thread(_postgres(stage).kill)
        yield


@asynccontextmanager
async def disk_full(stage: Stage, fault: Planned) -> AsyncIterator[None]:
    """Not one byte can be written where a server keeps its data."""
    async with AsyncExitStack() as stack:
        full = stage.disk(fault.target).full()
        await asyncio.to_thread(stack.enter_context, full)
        yield


def _kafka(stage: Stage) -> Kafka:
    if stage.system.stack.kafka is None:
        raise LookupError("this Kafka is somebody else's")
    return stage.system.stack.kafka


def _postgres(stage: Stage) -> Postgres:
    if stage.system.stack.postgres is None:
        raise LookupError("these databases are somebody else's")
    return stage.system.stack.postgres


def _number(name: str) -> int:
    return int(name.removeprefix("kafka-"))


BREAKS: Final[Mapping[str, Callable[[Stage, Planned], AbstractAsyncContextManager[None]]]] = {
    "broker-kill": broker_kill,
    "broker-terminate": broker_terminate,
    "controller-kill": controller_kill,
    "postgres-stop": postgres_stop,
    "postgres-kill": postgres_kill,
    "disk-full": disk_full,
}
