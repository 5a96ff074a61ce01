"""Traffic during the drill: meetings from their draft to their published minutes, each command written down."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from deploy.local.system import System
from tests.chaos.caller import Caller
from tests.chaos.history import Journal
from tests.chaos.load import Load
from tests.restore.place import found

RATE: Final = 12.0
"""Commands and looks a second."""
LIFE_SECONDS: Final = 30.0
"""Of one meeting."""
DRAIN_SECONDS: Final = 90.0


@asynccontextmanager
async def traffic(system: System, journal: Journal, *, seed: str) -> AsyncIterator[None]:
    """Load for as long as the block lasts; then it is cut off, as its clients see it in a disaster."""
    chance = random.Random(seed)  # noqa: S311 -- a load, not a secret
    async with Caller(system.apis, found(system), journal, chance=chance) as caller:
        loading = asyncio.create_task(Load(caller, chance, rate=RATE, seconds=LIFE_SECONDS).run())
        try:
            yield
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)


async def some_traffic(system: System, journal: Journal, *, seed: str, seconds: float) -> None:
    """Load for so long; returns when all that has begun is answered."""
    chance = random.Random(seed)  # noqa: S311 -- as above
    async with Caller(system.apis, found(system), journal, chance=chance) as caller:
        load = Load(caller, chance, rate=RATE, seconds=LIFE_SECONDS)
        loading = asyncio.create_task(load.run())
        await asyncio.sleep(seconds)
        load.close()
        await asyncio.wait_for(loading, DRAIN_SECONDS)
