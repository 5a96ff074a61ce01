"""Acts that are repeated while a process runs: several processes may run one, as doing it twice does nothing more."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.database import TRANSIENT, Database
from shared.kernel import Unavailable
from shared.observability.retrying import pause


class Periodic:
    """The loop of one act, every `seconds`; while PostgreSQL does not answer it waits for the next time."""

    def __init__(self, database: Database, act: Callable[[Database], Awaitable[None]], *, seconds: float) -> None:
        self._database = database
        self._act = act
        self._seconds = seconds

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Act until `stop` is set; calls `beat`."""
        while not stop.is_set():
            beat()
            with suppress(Unavailable, *TRANSIENT):
                await self._act(self._database)
            await pause(stop, self._seconds)
