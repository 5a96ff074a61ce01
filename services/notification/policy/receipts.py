"""What a receipt means for its message."""

from datetime import datetime
from typing import Final

from services.notification.domain.commands import Acceptance, Commands, RecordDelivered, RecordFailed
from services.notification.domain.states import ReceiptStatus
from services.notification.policy.context import SERVICE
from shared.contracts.notification import FailureKind

FAILURES: Final = {
    ReceiptStatus.UNDELIVERABLE: FailureKind.PERMANENT_FAILURE,
    ReceiptStatus.REJECTED: FailureKind.PERMANENT_FAILURE,
    ReceiptStatus.EXPIRED: FailureKind.EXPIRED,
}


def conclude(status: ReceiptStatus, *, acceptance: Acceptance, at: datetime) -> Commands | None:
    """What a receipt means for its message, unless it is still under way; `acceptance.at` is the provider's clock."""
    if status is ReceiptStatus.DELIVERED:
        return RecordDelivered(actor=SERVICE, at=at, acceptance=acceptance, delivered_at=acceptance.at)
    kind = FAILURES.get(status)
    return RecordFailed(actor=SERVICE, at=at, kind=kind, reason=status, acceptance=acceptance) if kind else None
