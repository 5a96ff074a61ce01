"""Prunes finished rows of the messaging tables in batches, and counts for the metrics what waits for operators."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Final

from shared.contracts import TOPICS
from shared.database import TRANSIENT, Connection, Database
from shared.kernel import Unavailable
from shared.messaging.consumer import dead_letters, halt
from shared.observability.logging import Log, log
from shared.observability.metrics import (
    CONSUMER_HALTED,
    DEAD_LETTER_KEYS,
    DEAD_LETTERS,
    DEAD_LETTERS_OLDEST_SECONDS,
    JOBS_DEAD,
)
from shared.observability.retrying import pause
from shared.operations import dead_jobs, dead_letter_search

BATCH: Final = 5_000
EVERY_SECONDS: Final = 15.0
_TURN: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """Which rows of a table are pruned.

    - `over`: the SQL condition of finished rows; it is the condition of the index on `moment`.
    - `moment`: the column with the time from which `kept` counts.
    - `key`: the column by which rows are deleted.
    """

    table: str
    key: str
    over: str
    moment: str
    kept: timedelta

    @property
    def statement(self) -> str:
        """SQL that deletes the oldest `$2` rows that are older than the interval `$1`.

        It returns how many rows were deleted (`gone`) and the `moment` of the last one (`reached`), where the next
        batch must begin (`$3`, null for the first batch). Without that start each batch would read the index from its
        beginning: deleted rows stay in it as long as an older snapshot is in use.
        """
        oldest = (
            f"SELECT {self.key} FROM {self.table} WHERE {self.over} AND {self.moment} < now() - $1::interval"  # noqa: S608 -- constants
            f" AND {self.moment} >= coalesce($3::timestamptz, '-infinity') ORDER BY {self.moment} LIMIT $2"
        )
        gone = f"DELETE FROM {self.table} WHERE {self.key} = ANY(ARRAY({oldest})) RETURNING {self.moment}"  # noqa: S608 -- constants
        return f"WITH gone AS ({gone}) SELECT count(*) AS gone, max({self.moment}) AS reached FROM gone"  # noqa: S608 -- constants


PRUNINGS: Final = (
    Pruning(table="inbox", key="ctid", over="true", moment="received_at", kept=timedelta(days=14)),
    Pruning(
        table="job", key="id", over="state IN ('done', 'discarded')", moment="finished_at", kept=timedelta(days=30)
    ),
    Pruning(table="outbox_published", key="id", over="true", moment="published_at", kept=timedelta(days=7)),
    # Clients may rely on 24 hours.
    Pruning(table="idempotency_key", key="ctid", over="true", moment="created_at", kept=timedelta(days=2)),
    # Closed letters must not be kept for ever: they may contain personal data.
    Pruning(
        table="dead_letter",
        key="id",
        over="state IN ('redriven', 'discarded')",
        moment="last_at",
        kept=timedelta(days=90),
    ),
)


class Maintenance:
    """The maintenance loop of a process with the consumer role; several may run, only one prunes a table at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Run every `EVERY_SECONDS` until `stop` is set; calls `beat`."""
        while not stop.is_set():
            beat()
            with suppress(Unavailable, *TRANSIENT):
                await self._count()
                for pruning in PRUNINGS:
                    await prune(self._database, pruning, stop, beat)
            await pause(stop, EVERY_SECONDS)

    async def _count(self) -> None:
        async with self._database.reading() as connection:
            await count_letters(connection)
            jobs = await dead_jobs.count_by_reason(connection)
            consumers = await halt.states(connection)
        JOBS_DEAD.clear()
        for row in jobs:
            JOBS_DEAD.labels(kind=row["kind"]).inc(row["count"])
        for row in consumers:
            CONSUMER_HALTED.labels(consumer=row["consumer"]).set(row["halted_at"] is not None)


async def prune(database: Database, pruning: Pruning, stop: asyncio.Event, beat: Callable[[], None]) -> None:
    """Delete batch after batch, until no row is left, `stop` is set, or another process prunes this table."""
    gone, reached = BATCH, None
    while gone == BATCH and not stop.is_set():
        beat()
        async with database.transaction() as connection:
            if not await connection.fetchval(_TURN, f"prune {pruning.table}"):
                return
            gone, reached = await connection.fetchrow(pruning.statement, pruning.kept, BATCH, reached) or (0, None)
        if gone:
            log.info(Log.PRUNED, what=pruning.table, count=gone)


async def count_letters(connection: Connection) -> None:
    """Set the metrics of the dead letters that wait for an operator."""
    found, keys = await dead_letter_search.count_open(connection)
    for gauge in (DEAD_LETTERS, DEAD_LETTERS_OLDEST_SECONDS, DEAD_LETTER_KEYS):
        gauge.clear()
    for topic in TOPICS:
        DEAD_LETTER_KEYS.labels(topic=topic).set(keys.get(topic, 0))
        for state in dead_letters.OPEN:
            DEAD_LETTERS.labels(topic=topic, state=state).set(0)
    for row in found:
        DEAD_LETTERS.labels(topic=row["topic"], state=row["state"]).set(row["count"])
    for row in sorted(found, key=itemgetter("oldest")):
        DEAD_LETTERS_OLDEST_SECONDS.labels(topic=row["topic"]).set(row["oldest"])
