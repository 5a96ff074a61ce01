"""Faults between the services and what they talk to, made by the proxies: databases, brokers, gateway, mailbox."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from tests.chaos.proxy import Mode
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed


@asynccontextmanager
async def cut(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """All connections are reset once."""
    testbed.proxies.cut(fault.target)
    yield


def switched(mode: Mode) -> Callable[[Testbed, Planned], AbstractAsyncContextManager[None]]:
    """The proxy before the target is in this mode for as long as the fault lasts."""

    @asynccontextmanager
    async def switch(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
        testbed.proxies.switch(fault.target, mode, seconds=fault.value)
        try:
            yield
        finally:
            testbed.proxies.switch(fault.target, Mode.OPEN)

    return switch


BREAKS: Final[Mapping[str, Callable[[Testbed, Planned], AbstractAsyncContextManager[None]]]] = {
    "cut": cut,
    "slow": switched(Mode.SLOW),
    "half-open": switched(Mode.HALF_OPEN),
    "gateway-down": switched(Mode.REFUSING),
    "gateway-slow": switched(Mode.SLOW),
    "gateway-500": switched(Mode.FAILING),
    "gateway-deaf": switched(Mode.DEAF),
    "mailbox-down": switched(Mode.REFUSING),
    "mailbox-slow": switched(Mode.SLOW),
    "mailbox-421": switched(Mode.FAILING),
    "mailbox-deaf": switched(Mode.DEAF),
}
