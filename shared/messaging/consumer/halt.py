"""Stops a consumer after too many dead letters in a row, and lets it continue when an operator allows it."""

from datetime import timedelta
from typing import Any, Final

from shared.database import Connection, Database
from shared.observability.logging import Log, log

ALLOWED_FOR: Final = timedelta(hours=1)

_HALTED = """
INSERT INTO consumer_halt (consumer, halted_at, topic, reason) VALUES ($1, now(), $2, $3)
ON CONFLICT (consumer) DO UPDATE SET halted_at = coalesce(consumer_halt.halted_at, now()),
  topic = excluded.topic, reason = excluded.reason
"""
_WENT_ON = "UPDATE consumer_halt SET halted_at = NULL, topic = NULL, reason = NULL WHERE consumer = $1"
_ALLOW = """
INSERT INTO consumer_halt (consumer, allowed, allowed_until) VALUES ($1, $2, now() + $3::interval)
ON CONFLICT (consumer) DO UPDATE SET allowed = excluded.allowed, allowed_until = excluded.allowed_until
"""
_SPEND = """
UPDATE consumer_halt SET allowed = allowed - 1
WHERE consumer = $1 AND allowed > 0 AND allowed_until > now() RETURNING true
"""
_STATES = """
SELECT consumer, halted_at, topic, reason, CASE WHEN allowed_until > now() THEN allowed ELSE 0 END AS allowed,
       allowed_until
FROM consumer_halt ORDER BY consumer
"""


class TooManyDeadLetters(Exception):
    """So many events in a row failed that our code is probably wrong: stop, before all events become dead letters."""

    def __init__(self, topic: str = "", reason: str = "") -> None:
        super().__init__(topic)
        self.topic = topic
        self.reason = reason


async def use_allowance(connection: Connection, consumer: str) -> bool:
    """Use one of the further dead letters that an operator has allowed; returns False if none is left.

    It is part of the transaction: if the batch is rolled back, nothing is used.
    """
    return bool(await connection.fetchval(_SPEND, consumer))


async def allow(connection: Connection, consumer: str, letters: int) -> None:
    """Allow `letters` further dead letters in a row, for `ALLOWED_FOR`; replaces what was left of an earlier call."""
    await connection.execute(_ALLOW, consumer, letters, ALLOWED_FOR)


async def states(connection: Connection) -> list[dict[str, Any]]:
    """The halt state of all consumers of this database that have ever halted or been given an allowance."""
    return [dict(row) for row in await connection.fetch(_STATES)]


class Halt:
    """Whether the consumer in this process has halted (`on`); also stored in the database, where operators see it."""

    def __init__(self, database: Database, consumer: str) -> None:
        self.on = False
        self._database = database
        self._consumer = consumer
        self._stored: bool | None = None  # the last stored state; None: a process before us may have left it halted

    async def enter(self, why: TooManyDeadLetters) -> None:
        """The consumer has halted: log and store it. Raises nothing; if the database does not answer, it is logged."""
        self.on = True
        log.error(Log.CONSUMER_HALTED, consumer=self._consumer, topic=why.topic, reason=why.reason)
        await self._store(_HALTED, self._consumer, why.topic, why.reason)

    async def leave(self) -> None:
        """The consumer has processed a batch: clear and store the state. Raises nothing."""
        self.on = False
        if self._stored is not False:
            await self._store(_WENT_ON, self._consumer)

    async def _store(self, query: str, *values: str) -> None:
        try:
            async with self._database.transaction() as connection:
                await connection.execute(query, *values)
        except Exception as error:  # noqa: BLE001 -- must not stop consuming; it is stored again after the next batch
            log.warning(Log.UNAVAILABLE, part="consumer", error=error)
        else:
            self._stored = self.on
