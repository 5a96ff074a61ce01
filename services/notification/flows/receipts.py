"""Receipts are kept first and matched with their message afterwards, whichever of the two comes first."""

from datetime import datetime
from uuid import UUID

from services.notification import store
from services.notification.domain.commands import Acceptance
from services.notification.domain.states import ReceiptStatus
from services.notification.policy import conclude
from services.notification.ports import Receipt
from services.notification.store import MESSAGES, KeptReceipt
from shared.application import execute
from shared.database import Connection


async def match_receipt(connection: Connection, kept: KeptReceipt, receipt: Receipt, *, at: datetime) -> bool:
    """Conclude what a receipt says about its message; False, and it stays parked, while nobody knows its submission."""
    attempt = await store.lock_attempt(connection, receipt)
    if attempt is None:
        return False
    acceptance = Acceptance(attempt=attempt.number, parts=attempt.parts, at=kept.at)
    await _conclude(connection, attempt.message_id, kept.id, receipt.status, acceptance=acceptance, at=at)
    return True


async def match_parked(connection: Connection, message_id: UUID, *, at: datetime) -> None:
    """Conclude what the receipts say that have waited for an attempt of this message to have an outcome."""
    for receipt in await store.load_parked(connection, message_id):
        acceptance = Acceptance(attempt=receipt.number, parts=receipt.parts, at=receipt.at)
        await _conclude(connection, message_id, receipt.id, receipt.status, acceptance=acceptance, at=at)


async def _conclude(
    connection: Connection,
    message_id: UUID,
    receipt_id: int,
    status: ReceiptStatus,
    *,
    acceptance: Acceptance,
    at: datetime,
) -> None:
    command = conclude(status, acceptance=acceptance, at=at)
    if command is not None:
        await execute(connection, MESSAGES, message_id, command)
    await store.mark_matched(connection, receipt_id, message_id)
