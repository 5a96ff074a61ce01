"""The state of a message: one recipient, one purpose, one channel, from the wish to an end that never changes.

awaiting_contact → created → sending → sent → delivered | permanent-failure | temporary-failure | expired
                      └─────────┴──→ technical-failure | …, cancelled
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.notification.domain.order import Order
from shared.contracts.notification import Channel


class Status(StrEnum):
    """Where a message stands; `sent` is accepted by a provider and says nothing about the handset."""

    ABSENT = "absent"
    AWAITING_CONTACT = "awaiting_contact"
    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


SENDABLE = frozenset({Status.CREATED, Status.SENDING})
"""Not yet with a provider, and nothing stands in the way."""

WITHOUT_PROVIDER = (Status.AWAITING_CONTACT, Status.CREATED, Status.SENDING)
"""No provider has it yet."""

OPEN = SENDABLE | {Status.SENT}
"""May still come to an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a person can be reached; which number or address it is does not matter here."""

    mobile: bool = False
    email: bool = False
    erased: bool = False

    def offers(self, channel: Channel) -> bool:
        """Whether there is an address for the channel."""
        return self.mobile if channel == "sms" else self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message; `contact` is that of its recipient as known now, `None` where he is not known."""

    message_id: UUID
    version: int = 0
    status: Status = Status.ABSENT
    order: Order | None = None
    contact: Contact | None = None
    channel: Channel | None = None
    parts: int | None = None
    sent_at: datetime | None = None
    reason: str | None = None

    @property
    def meeting_id(self) -> UUID | None:
        """The meeting it is about."""
        return self.order.meeting_id if self.order else None
