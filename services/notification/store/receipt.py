"""The rows of receipts: kept first, matched with an attempt afterwards (`flows.receipts`), parked while there is none.

A receipt may overtake the answer to its submission, and either may be committed first. The lock on the provider's id in
both transactions, and the lock of the message in all, see to it that whoever comes second finds what the first wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notification.domain.states import ReceiptStatus
from services.notification.ports import Receipt
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
class KeptReceipt:
    """A receipt that is written down; `repeated` when it was before, `matched` when nothing is left to do about it.

    `at` is the provider's clock, or ours where that tells no time.
    """

    id: int
    at: datetime
    repeated: bool
    matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedAttempt:
    """An attempt that a provider has answered, or that was given up."""

    message_id: UUID
    number: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedReceipt:
    """A receipt that came before the outcome of its attempt, which is `number`."""

    id: int
    status: ReceiptStatus
    at: datetime
    number: int
    parts: int


async def keep_receipt(connection: Connection, receipt: Receipt, *, at: datetime) -> KeptReceipt:
    """Write a receipt down; the same one again is counted, not kept twice."""
    row = await connection.fetchrow(_KEEP, receipt.provider_message_id, receipt.key, receipt.status, receipt.at, at)
    if row is None:
        raise RuntimeError("an upsert returns its row")
    return KeptReceipt(**dict(row))


async def lock_attempt(connection: Connection, receipt: Receipt) -> SubmittedAttempt | None:
    """The attempt that a receipt is about, once its outcome is known, with its message locked; `None` where it is not.

    Until the end of the transaction nobody else connects the provider's id with a receipt or an attempt.
    """
    await lock_provider_id(connection, receipt.provider_message_id)
    attempt = await _attempt(connection, receipt)
    if attempt is None:
        return None
    await connection.execute(_LOCK_MESSAGE, attempt["message_id"])
    attempt = await _attempt(connection, receipt)  # whoever held the lock may have written the outcome
    if attempt is None or attempt["outcome"] is None:
        return None
    return SubmittedAttempt(message_id=attempt["message_id"], number=attempt["number"], parts=attempt["parts"])


async def load_parked(connection: Connection, message_id: UUID) -> Sequence[ParkedReceipt]:
    """The receipts that have waited for an attempt of this message to have an outcome."""
    return [
        ParkedReceipt(**{**row, "status": ReceiptStatus(row["status"])})
        for row in await connection.fetch(_PARKED, message_id)
    ]


async def mark_matched(connection: Connection, receipt_id: int, message_id: UUID) -> None:
    """Write down which message a receipt is about."""
    await connection.execute(_MATCHED, receipt_id, message_id)


async def lock_provider_id(connection: Connection, provider_message_id: str) -> None:
    """Until the end of the transaction nobody else connects this id with a receipt or an attempt."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"provider {provider_message_id}")


async def _attempt(connection: Connection, receipt: Receipt) -> asyncpg.Record | None:
    return await connection.fetchrow(_ATTEMPT, receipt.provider_message_id, receipt.key)
