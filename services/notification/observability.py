"""What notification measures and logs beyond every service."""

from prometheus_client import Counter, Histogram

from shared.observability.events import LogEvent
from shared.observability.metrics import SLOW


class NotificationLog(LogEvent):
    """Events of notification alone."""

    RECEIPT_UNMATCHED = "receipt-unmatched"
    SENT_BEFORE_RESTORE = "sent-before-restore"


HANDOVER_SECONDS = Histogram(
    "pasum_message_handover_seconds",
    "From a message's creation to its acceptance by a provider.",
    ("channel",),
    buckets=SLOW,
)
MESSAGES_SUPPRESSED = Counter(
    "pasum_messages_suppressed",
    "Messages that were not sent: too many to one recipient, or a destination that is not allowed.",
    ("channel", "reason"),
)
RECEIPTS = Counter(
    "pasum_receipts",
    "Delivery receipts stored: outcome is matched, repeated, or parked (its message is not known yet).",
    ("outcome",),
)
