"""Faults of our own processes: killed, stopped, asleep, with a wrong clock, restarted again and again."""

import asyncio
import importlib.util
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

from deploy.local.processes import http_ready
from deploy.local.system import ROLES
from shared.contracts import SERVICE_NAMES
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed

STORM_SECONDS: Final = 2.0
"""Between two restarts of a storm."""
_READY_SECONDS: Final = 40.0
_LOOK_SECONDS: Final = 0.3


@asynccontextmanager
async def kill(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """SIGKILL, and nobody starts it again for a while."""
    with testbed.supervisor.paused(fault.target):
        await asyncio.to_thread(testbed.system.running[fault.target].kill)
        yield


@asynccontextmanager
async def terminate(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """SIGTERM: it drains, ends, and is away for a while."""
    with testbed.supervisor.paused(fault.target):
        await asyncio.to_thread(testbed.system.running[fault.target].stop)
        yield


@asynccontextmanager
async def zombie(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """SIGSTOP for longer than others believe in it; then it goes on where it was."""
    process = testbed.system.running[fault.target]
    process.pause()
    try:
        yield
    finally:
        process.resume()


@asynccontextmanager
async def clock(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """Restarted with a clock that is `value` seconds off; later again with the right one."""
    name, preloaded = fault.target, library()
    if preloaded is None:
        raise LookupError("libfaketime is not installed")
    testbed.supervisor.set_environment(
        name, LD_PRELOAD=str(preloaded), FAKETIME=f"{fault.value:+.0f}", FAKETIME_DONT_FAKE_MONOTONIC="1"
    )
    try:
        await asyncio.to_thread(testbed.system.running[name].stop)
        yield
    finally:
        testbed.supervisor.set_environment(name)
        await asyncio.to_thread(testbed.system.running[name].stop)


@asynccontextmanager
async def storm(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """A consumer joins and leaves its group several times in a row: the group hardly gets to work."""

    async def restart() -> None:
        while True:
            await asyncio.to_thread(testbed.system.running[fault.target].stop)
            await asyncio.sleep(STORM_SECONDS)

    restarting = asyncio.create_task(restart())
    try:
        yield
    finally:
        restarting.cancel()
        await asyncio.gather(restarting, return_exceptions=True)


@asynccontextmanager
async def redeploy(testbed: Testbed, _: Planned) -> AsyncIterator[None]:
    """Everything is restarted under load: one role of every service at a time, copy by copy."""
    copies = range(1, testbed.shape.replicas + 1)
    for copy in copies:
        for role in ROLES:
            suffix = "" if testbed.shape.replicas == 1 else f"-{copy}"
            await asyncio.gather(*(_restarted(testbed, f"{service}-{role}{suffix}") for service in SERVICE_NAMES))
    yield


async def _restarted(testbed: Testbed, name: str) -> None:
    """It has been stopped, and is ready again, or has had time enough."""
    await asyncio.to_thread(testbed.system.running[name].stop)
    ready, until = http_ready(testbed.system.probe(name)), time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if await asyncio.to_thread(ready):
            return
        await asyncio.sleep(_LOOK_SECONDS)


def library() -> Path | None:
    """Where libfaketime is, None where it is not installed."""
    found = importlib.util.find_spec("libfaketime")
    folders = found.submodule_search_locations if found else None
    return next((path for folder in folders or () for path in sorted(Path(folder).rglob("libfaketime.so.1"))), None)


BREAKS: Final[Mapping[str, Callable[[Testbed, Planned], AbstractAsyncContextManager[None]]]] = {
    "kill": kill,
    "terminate": terminate,
    "zombie": zombie,
    "long-zombie": zombie,
    "clock": clock,
    "storm": storm,
    "redeploy": redeploy,
}
