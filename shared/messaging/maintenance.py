"""Keeping the messaging tables small: what is old and done with is pruned in batches; dead letters are counted."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from shared.database import TRANSIENT, Database
from shared.kernel import Unavailable
from shared.messaging import deadletter
from shared.messaging.wakeup import pause
from shared.observability.logging import Log, log
from shared.observability.metrics import DEAD_LETTERS

INBOX_KEPT = timedelta(days=14)
JOBS_KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(days=2)
LETTERS_KEPT = timedelta(days=90)  # of those that were dealt with: they may hold personal data
BATCH = 5_000
EVERY_SECONDS = 15.0

# Table, its key, what is done with, and for how long it is kept.
_PRUNE = (
    ("inbox", "ctid", "received_at < now() - $1::interval", INBOX_KEPT),
    ("job", "id", "state = 'done' AND finished_at < now() - $1::interval", JOBS_KEPT),
    ("idempotency_key", "ctid", "created_at < now() - $1::interval", KEYS_KEPT),
    ("dead_letter", "id", "state IN ('redriven', 'discarded') AND last_at < now() - $1::interval", LETTERS_KEPT),
)
STATES = ("dead", "parked", "redriven", "discarded")


class Maintenance:
    """One loop a process that has the consumer role; many may run, each batch is small."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Until `stop`."""
        while not stop.is_set():
            beat()
            with suppress(Unavailable, *TRANSIENT):
                await self._count()
                for table, key, over, kept in _PRUNE:
                    some = f"SELECT {key} FROM {table} WHERE {over} LIMIT $2"  # noqa: S608 -- constants
                    query = f"DELETE FROM {table} WHERE {key} = ANY(ARRAY({some}))"  # noqa: S608 -- constants
                    while await self._prune(table, query, kept) == BATCH and not stop.is_set():
                        beat()
            await pause(stop, EVERY_SECONDS)

    async def _count(self) -> None:
        async with self._database.reading() as connection:
            found = await deadletter.counts(connection)
        for state in STATES:
            DEAD_LETTERS.labels(state=state).set(found.get(state, 0))

    async def _prune(self, table: str, query: str, kept: timedelta) -> int:
        async with self._database.transaction() as connection:
            gone = int((await connection.execute(query, kept, BATCH)).rpartition(" ")[2])
        if gone:
            log.info(Log.PRUNED, what=table, count=gone)
        return gone
