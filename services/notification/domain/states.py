"""Where a meeting, a registration and an SMS stand, as others say; spelled as they are stored."""

from enum import StrEnum
from typing import Final


class MeetingPhase(StrEnum):
    """draft → open → in_session → held → closed; cancelled from the first three."""

    DRAFT = "draft"
    OPEN = "open"
    IN_SESSION = "in_session"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class RegistrationState(StrEnum):
    """requested → confirmed, waitlisted or rejected; confirmed or waitlisted → represented, withdrawn or declined.

    withdrawn or declined → confirmed or waitlisted.
    """

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REPRESENTED = "represented"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REJECTED = "rejected"


class ReceiptStatus(StrEnum):
    """What became of an SMS, in the provider's words made one."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


OVER: Final = frozenset({MeetingPhase.HELD, MeetingPhase.CLOSED})
"""Nobody comes to the meeting any more."""
