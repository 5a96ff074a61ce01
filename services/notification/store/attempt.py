"""The rows of attempts: one is committed before a provider is asked, and gets its outcome afterwards."""

from datetime import datetime
from uuid import UUID

from services.notification.domain.attempt import Outcome
from shared.database import Connection

_BEGIN = """
INSERT INTO attempt (message_id, number, key, parts, started_at)
SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM attempt WHERE message_id = $1 RETURNING number
"""
_SENDING = """
UPDATE message SET status = 'sending', updated_at = now() WHERE message_id = $1 AND status = 'created'
"""
_END = """
UPDATE attempt SET outcome = $3, ended_at = $4, provider_message_id = $5 WHERE message_id = $1 AND number = $2
"""
_ABANDON = "UPDATE attempt SET outcome = 'unknown', ended_at = $2 WHERE message_id = $1 AND outcome IS NULL"
_REFUSALS = "SELECT count(*) FROM attempt WHERE message_id = $1 AND outcome = 'refused'"


async def begin_attempt(connection: Connection, message_id: UUID, *, key: UUID, parts: int, at: datetime) -> int:
    """Write down that a provider is about to be asked; the attempt's number. The caller holds the message's lock."""
    await connection.execute(_SENDING, message_id)
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
