"""The rows of receipts: kept first, matched with an attempt afterwards, parked for as long as there is none.

A receipt may overtake the answer to its submission, and either may be committed first. The lock on the provider's id in
both transactions, and the lock of the message in all, see to it that whoever comes second finds what the first wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notification.domain.message import Taken
from services.notification.policy import conclude
from services.notification.ports import Receipt
from services.notification.store.message import MESSAGES
from shared.application import execute
from shared.database import Connection

_KEEP = """
INSERT INTO receipt (provider_message_id, key, status, at, received_at)
VALUES ($1, $2, $3, coalesce($4, (SELECT min(at) FROM receipt WHERE provider_message_id = $1 AND status = $3), $5), $5)
ON CONFLICT (provider_message_id, status, at) DO UPDATE SET repeated = receipt.repeated + 1
RETURNING id, at, repeated > 0 AS repeated, message_id IS NOT NULL AS matched
"""
_ATTEMPT = """
SELECT message_id, number, parts, outcome FROM attempt
WHERE provider_message_id = $1 OR key = $2 ORDER BY provider_message_id = $1 DESC NULLS LAST, number DESC LIMIT 1
"""
_LOCK_MESSAGE = "SELECT FROM message WHERE message_id = $1 FOR UPDATE"
_PARKED = """
SELECT DISTINCT ON (r.id) r.id, r.status, r.at, a.number, a.parts FROM attempt a
JOIN receipt r ON r.message_id IS NULL AND (r.key = a.key OR r.provider_message_id = a.provider_message_id)
WHERE a.message_id = $1 AND a.outcome IS NOT NULL ORDER BY r.id, a.number DESC
"""
_MATCHED = "UPDATE receipt SET message_id = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A receipt that is written down; `repeated` when it was before, `matched` when nothing is left to do about it.

    `at` is the provider's clock, or ours where that tells no time.
    """

    id: int
    at: datetime
    repeated: bool
    matched: bool


async def keep_receipt(connection: Connection, receipt: Receipt, *, at: datetime) -> Kept:
    """Write a receipt down; the same one again is counted, not kept twice."""
    row = await connection.fetchrow(_KEEP, receipt.provider_message_id, receipt.key, receipt.status, receipt.at, at)
    if row is None:
        raise RuntimeError("an upsert returns its row")
    return Kept(**dict(row))


async def match_receipt(connection: Connection, kept: Kept, receipt: Receipt, *, at: datetime) -> bool:
    """Conclude what a receipt says about its message; False, and it stays parked, while nobody knows its submission."""
    await lock_provider_id(connection, receipt.provider_message_id)
    attempt = await _attempt(connection, receipt)
    if attempt is None:
        return False
    await connection.execute(_LOCK_MESSAGE, attempt["message_id"])
    attempt = await _attempt(connection, receipt)  # whoever held the lock may have written the outcome
    if attempt is None or attempt["outcome"] is None:
        return False
    taken = Taken(attempt=attempt["number"], parts=attempt["parts"], at=kept.at)
    await _conclude(connection, attempt["message_id"], receipt.status, taken, at=at)
    await connection.execute(_MATCHED, kept.id, attempt["message_id"])
    return True


async def match_parked(connection: Connection, message_id: UUID, *, at: datetime) -> None:
    """Conclude what the receipts say that have waited for an attempt of this message to have an outcome."""
    for row in await connection.fetch(_PARKED, message_id):
        taken = Taken(attempt=row["number"], parts=row["parts"], at=row["at"])
        await _conclude(connection, message_id, row["status"], taken, at=at)
        await connection.execute(_MATCHED, row["id"], message_id)


async def lock_provider_id(connection: Connection, provider_message_id: str) -> None:
    """Until the end of the transaction nobody else connects this id with a receipt or an attempt."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"provider {provider_message_id}")


async def _conclude(connection: Connection, message_id: UUID, status: str, taken: Taken, *, at: datetime) -> None:
    command = conclude(status, taken=taken, at=at)
    if command is not None:
        await execute(connection, MESSAGES, message_id, command)


async def _attempt(connection: Connection, receipt: Receipt) -> asyncpg.Record | None:
    return await connection.fetchrow(_ATTEMPT, receipt.provider_message_id, receipt.key)
