"""Erases what registration keeps for a while only: lists of participants that were imported."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from services.registration.store import imports
from shared.database import TRANSIENT, Database
from shared.kernel import Unavailable
from shared.observability.logging import Log, log
from shared.observability.retrying import pause

EVERY_SECONDS: Final = 30.0


class Retention:
    """The loop of a process with the consumer role; several may run, as each only deletes what is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Erase every `EVERY_SECONDS` until `stop` is set; calls `beat`."""
        while not stop.is_set():
            beat()
            with suppress(Unavailable, *TRANSIENT):
                await erase_expired(self._database)
            await pause(stop, EVERY_SECONDS)


async def erase_expired(database: Database) -> None:
    """Erase imports that have expired."""
    async with database.transaction() as connection:
        gone = await imports.delete_expired(connection)
    if gone:
        log.info(Log.PRUNED, what="participant_import", count=gone)
