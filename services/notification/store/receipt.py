"""The rows of receipts: kept first, matched with an attempt afterwards, parked for as long as there is none.

A receipt may overtake the answer to its submission, and either may be committed first. `lock_provider_id` in both transactions, and the
lock of the message in the others, see to it that whoever comes second finds what the first has written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notification.ports import Receipt, ReceiptStatus
from shared.database import Connection

_KEEP = """
INSERT INTO receipt (provider_message_id, key, status, at, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (provider_message_id, status, at) DO UPDATE SET repeated = receipt.repeated + 1
RETURNING id, repeated > 0 AS repeated, message_id IS NOT NULL AS matched
"""
_ATTEMPT = """
SELECT message_id, number, parts, outcome FROM attempt
WHERE provider_message_id = $1 OR key = $2 ORDER BY provider_message_id = $1 DESC NULLS LAST, number DESC LIMIT 1
"""
_PARKED = """
SELECT r.id, r.status, r.at, a.number, a.parts FROM attempt a
JOIN receipt r ON r.message_id IS NULL AND (r.key = a.key OR r.provider_message_id = a.provider_message_id)
WHERE a.message_id = $1 AND a.outcome IS NOT NULL ORDER BY r.id, a.number DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A receipt that is kept; `repeated` when it was before, `matched` when nothing is left to do about it."""

    id: int
    repeated: bool
    matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The attempt that a receipt speaks of; not `answered` while its submission is under way."""

    message_id: UUID
    number: int
    parts: int
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A receipt that came before its attempt had an outcome, and that attempt."""

    id: int
    status: ReceiptStatus
    at: datetime
    number: int
    parts: int


async def keep_receipt(connection: Connection, receipt: Receipt, *, at: datetime) -> Stored:
    """Write a receipt down; the same one again is counted, not kept twice."""
    row = await connection.fetchrow(_KEEP, receipt.provider_message_id, receipt.key, receipt.status, receipt.at, at)
    if row is None:
        raise RuntimeError("an upsert returns its row")
    return Stored(**dict(row))


async def lock_provider_id(connection: Connection, provider_message_id: str) -> None:
    """Until the end of the transaction nobody else connects this id with a receipt or an attempt."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"provider {provider_message_id}")


async def match_attempt(connection: Connection, receipt: Receipt) -> Matched | None:
    """The attempt that a receipt speaks of, its message locked; `None` when nobody knows it (yet)."""
    row = await _attempt(connection, receipt)
    if row is None:
        return None
    await connection.execute("SELECT FROM message WHERE message_id = $1 FOR UPDATE", row["message_id"])
    row = await _attempt(connection, receipt)  # whoever held the lock may have written the outcome
    if row is None:
        return None
    return Matched(
        message_id=row["message_id"], number=row["number"], parts=row["parts"], answered=row["outcome"] is not None
    )


async def parked_receipts(connection: Connection, message_id: UUID) -> Sequence[Parked]:
    """The receipts that wait for an attempt of this message, in the order in which they came."""
    found = {row["id"]: row for row in reversed(await connection.fetch(_PARKED, message_id))}
    rows = [found[number] for number in sorted(found)]
    return [Parked(**{**dict(row), "status": ReceiptStatus(row["status"])}) for row in rows]


async def mark_matched(connection: Connection, receipt_id: int, message_id: UUID) -> None:
    """Nothing is left to do about a receipt."""
    await connection.execute("UPDATE receipt SET message_id = $2 WHERE id = $1", receipt_id, message_id)


async def _attempt(connection: Connection, receipt: Receipt) -> asyncpg.Record | None:
    return await connection.fetchrow(_ATTEMPT, receipt.provider_message_id, receipt.key)
