"""What a receipt means for its message."""

from datetime import datetime
from typing import Final

from services.notification.domain.commands import Commands, RecordDelivered, RecordFailed, Taken
from services.notification.domain.states import ReceiptStatus
from services.notification.policy.known import SERVICE
from shared.contracts.notification import FailureKind

FAILURES: Final = {
    ReceiptStatus.UNDELIVERABLE: FailureKind.PERMANENT_FAILURE,
    ReceiptStatus.REJECTED: FailureKind.PERMANENT_FAILURE,
    ReceiptStatus.EXPIRED: FailureKind.EXPIRED,
}


def conclude(status: ReceiptStatus, *, taken: Taken, at: datetime) -> Commands | None:
    """What a receipt means for its message, unless it is still under way; `taken.at` is the provider's clock."""
    if status is ReceiptStatus.DELIVERED:
        return RecordDelivered(actor=SERVICE, at=at, taken=taken, delivered_at=taken.at)
    kind = FAILURES.get(status)
    return RecordFailed(actor=SERVICE, at=at, kind=kind, reason=status, taken=taken) if kind else None
