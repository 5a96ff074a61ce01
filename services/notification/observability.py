"""What notification measures and logs beyond every service."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.notification.domain.state import Message
from shared.contracts import Fact
from shared.observability.events import LogEvent
from shared.observability.metrics import SLOW


class NotificationLog(LogEvent):
    """Events of notification alone."""

    RECEIPT_UNMATCHED = "receipt-unmatched", "A receipt has come whose message is not known (yet); it is kept."
    SENT_BEFORE_RESTORE = "sent-before-restore", "A provider had this message before a restore; it is not sent again."


MESSAGES = Counter(
    "pasum_messages",
    "Messages that have come to a status, as this process has committed it; channel is none while it is not chosen. "
    "Add up the processes.",
    ("channel", "status"),
)
MESSAGES_UNSENT = Gauge(
    "pasum_messages_unsent",
    "Messages that no provider has yet, by their channel and status; 100,000 means at least that many. Counted by one "
    "process for all: take the max.",
    ("channel", "status"),
)
MESSAGES_OLDEST_SECONDS = Gauge(
    "pasum_messages_oldest_seconds",
    "For how long the message that could be handed over first has waited for it; 0 without any. Counted by one process "
    "for all: take the max.",
    ("channel",),
)
FROM_FACT_SECONDS = Histogram(
    "pasum_message_from_fact_seconds",
    "From the fact that a message tells of, or from the end of the wait in which changes are gathered, to its "
    "acceptance by a provider.",
    ("channel",),
    buckets=SLOW,
)
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

UNCHOSEN: Final = "none"


def count_fact(message: Message, _: Fact) -> None:
    """Count the status that a message has come to, once that is committed."""
    MESSAGES.labels(message.channel or UNCHOSEN, message.status).inc()
