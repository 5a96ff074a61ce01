"""Halting: a consumer that meets too many dead letters in a row stops, says so, and goes on when it may."""

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
    """So much dies in a row that the fault is ours: stop consuming and alert, before everything is a dead letter."""

    def __init__(self, topic: str = "", reason: str = "") -> None:
        super().__init__(topic)
        self.topic = topic
        self.reason = reason


async def use_allowance(connection: Connection, consumer: str) -> bool:
    """Use one of the letters that an operator lets pass; False where none is left. A batch rolled back spends none."""
    return bool(await connection.fetchval(_SPEND, consumer))


async def allow(connection: Connection, consumer: str, letters: int) -> None:
    """Let the consumer keep so many more dead letters in a row, for `ALLOWED_FOR`; it replaces what was left."""
    await connection.execute(_ALLOW, consumer, letters, ALLOWED_FOR)


async def states(connection: Connection) -> list[dict[str, Any]]:
    """Every consumer of this database that has ever halted or been let on."""
    return [dict(row) for row in await connection.fetch(_STATES)]


class Halt:
    """Whether one consumer's process has halted; operators see it in the database, whichever process they ask."""

    def __init__(self, database: Database, consumer: str) -> None:
        self.on = False
        self._database = database
        self._consumer = consumer
        self._told: bool | None = None  # what the database was told last; a process before us may have left it halted

    async def enter(self, why: TooManyDeadLetters) -> None:
        """It cannot go on by itself."""
        self.on = True
        log.error(Log.CONSUMER_HALTED, consumer=self._consumer, topic=why.topic, reason=why.reason)
        await self._tell(_HALTED, self._consumer, why.topic, why.reason)

    async def leave(self) -> None:
        """It has taken a batch."""
        self.on = False
        if self._told is not False:
            await self._tell(_WENT_ON, self._consumer)

    async def _tell(self, query: str, *values: str) -> None:
        try:
            async with self._database.transaction() as connection:
                await connection.execute(query, *values)
        except Exception as error:  # noqa: BLE001 -- telling is second to consuming; it is told again with the next batch
            log.warning(Log.UNAVAILABLE, part="consumer", error=error)
        else:
            self._told = self.on
