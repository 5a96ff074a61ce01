"""The rows of attempts: one is committed before a provider is asked, and gets its outcome afterwards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.attempt import Outcome, keys_of_recipient
from services.notification.domain.changes import Told
from shared.database import Connection

_BEGIN = """
INSERT INTO attempt (message_id, number, key, parts, started_at)
SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM attempt WHERE message_id = $1 RETURNING number
"""
_SENDING = """
UPDATE message SET status = 'sending', told_starts_at = $2, told_ends_at = $3, told_venue = $4, updated_at = now()
WHERE message_id = $1 AND status IN ('created', 'sending')
"""
_END = """
UPDATE attempt SET outcome = $3, ended_at = $4, provider_message_id = $5 WHERE message_id = $1 AND number = $2
"""
_ABANDON = "UPDATE attempt SET outcome = 'unknown', ended_at = $2 WHERE message_id = $1 AND outcome IS NULL"
_LOCK_RECIPIENT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_TO_RECIPIENT = """
SELECT count(DISTINCT a.message_id) FILTER (WHERE a.started_at > now() - interval '1 hour') AS hour,
       count(DISTINCT a.message_id) FILTER (WHERE a.started_at > now() - interval '1 day') AS day,
       count(DISTINCT a.message_id) FILTER (WHERE m.meeting_id = own.meeting_id) AS meeting,
       count(*) FILTER (WHERE a.message_id = own.message_id) AS own
FROM message own, attempt a JOIN message m USING (message_id)
WHERE own.message_id = $1 AND a.key BETWEEN $2 AND $3
"""
_REFUSALS = "SELECT count(*) FROM attempt WHERE message_id = $1 AND outcome = 'refused'"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsToRecipient:
    """Messages to one recipient whose sending was begun: lately, about the meeting; and attempts of the message."""

    hour: int
    day: int
    meeting: int
    own: int


async def count_to_recipient(connection: Connection, *, message_id: UUID, key: UUID) -> CountsToRecipient:
    """Count what was begun to the recipient of the attempt `key`; until the commit nobody else does."""
    first, last = keys_of_recipient(key)
    await connection.execute(_LOCK_RECIPIENT, f"recipient {first}")
    row = await connection.fetchrow(_TO_RECIPIENT, message_id, first, last)
    return CountsToRecipient(**dict(row or {}))


async def begin_attempt(
    connection: Connection, message_id: UUID, *, key: UUID, parts: int, told: Told, at: datetime
) -> int:
    """Write down that a provider is about to be asked; the attempt's number. The caller holds the message's lock.

    `told` is what the text says of time and place that is handed over.
    """
    venue = dict(told.venue) if told.venue else None
    await connection.execute(_SENDING, message_id, told.starts_at, told.ends_at, venue)
    number: int = await connection.fetchval(_BEGIN, message_id, key, parts, at)
    return number


async def end_attempt(
    connection: Connection,
    message_id: UUID,
    number: int,
    *,
    outcome: Outcome,
    at: datetime,
    provider_message_id: str | None = None,
) -> None:
    """Write down what came of an attempt."""
    await connection.execute(_END, message_id, number, outcome, at, provider_message_id)


async def abandon_attempts(connection: Connection, message_id: UUID, *, at: datetime) -> None:
    """Attempts that were cut off between question and answer: nobody knows what came of them."""
    await connection.execute(_ABANDON, message_id, at)


async def count_refusals(connection: Connection, message_id: UUID) -> int:
    """How often a message was refused so far."""
    number: int = await connection.fetchval(_REFUSALS, message_id)
    return number
