"""The aggregate Message: one recipient, one purpose, one channel, from the wish to an end that never changes.

awaiting_contact → created → sending → sent → delivered | permanent-failure | temporary-failure | expired
                      └─────────┴──→ technical-failure | …, cancelled
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias, assert_never
from uuid import UUID

from services.notification.domain.order import Order
from shared.contracts import Fact
from shared.contracts.notification import (
    CancelReason,
    Channel,
    FailureKind,
    MessageCancelled,
    MessageCreated,
    MessageDelivered,
    MessageFailed,
    MessageHeld,
    MessageSent,
)
from shared.kernel import Command, Job, NotFound


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A provider has taken the message: in which attempt, in how many parts, when."""

    attempt: int
    parts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeMessage(Command):
    """A message is wanted; the state carries the order (`load`)."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMessage(Command):
    """The recipient has become known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSent(Command):
    """A provider has taken it."""

    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivered(Command):
    """A provider says that it arrived, which says that it had taken it."""

    taken: Taken
    delivered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailed(Command):
    """It will not arrive; `taken` where a provider had it first. `reason` is a short code, never prose."""

    kind: FailureKind
    reason: str
    taken: Taken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMessage(Command):
    """Withdraw it, if no provider has it yet; `detail` is a short code that says more than the reason."""

    reason: CancelReason
    detail: str | None = None


Commands: TypeAlias = ComposeMessage | ReleaseMessage | RecordSent | RecordDelivered | RecordFailed | CancelMessage


def decide(message: Message, command: Commands) -> Sequence[Fact]:
    """Decide; what has been told before or comes too late changes nothing. Raises `NotFound`."""
    if isinstance(command, ComposeMessage):
        return _begin(message, command.order) if message.status is Status.ABSENT else []
    if message.order is None:
        raise NotFound
    match command:
        case ReleaseMessage():
            return _release(message, message.order)
        case RecordSent():
            return _sent(message, command.taken)
        case RecordDelivered():
            return _ended(message, command.taken, _delivered(message, command))
        case RecordFailed():
            return _ended(message, command.taken, _failed(message, command.kind, command.reason))
        case CancelMessage():
            waiting = message.status in SENDABLE or message.status is Status.AWAITING_CONTACT
            return [_cancelled(message, command.reason, command.detail)] if waiting else []
        case _:
            assert_never(command)


def _begin(message: Message, order: Order) -> Sequence[Fact]:
    if message.contact is None:
        return [MessageHeld(message_id=message.message_id, **_told(order))]
    return _addressed(message, order, message.contact)


def _release(message: Message, order: Order) -> Sequence[Fact]:
    contact = message.contact
    if message.status is not Status.AWAITING_CONTACT or contact is None:
        return []
    reason: CancelReason = "person-erased" if contact.erased else "told-otherwise"
    return _addressed(message, order, contact) or [_cancelled(message, reason)]


def _addressed(message: Message, order: Order, contact: Contact) -> Sequence[Fact]:
    """The message on the first channel that reaches the person; nothing where another message tells him."""
    if contact.erased:
        return []
    channel = next((channel for channel in order.channels if contact.offers(channel)), None)
    if channel is not None:
        return [_created(message, order, channel)]
    if order.if_impossible == "leave" and (contact.mobile or contact.email):
        return []
    first = order.channels[0]
    return [_created(message, order, first), _unreachable(message, order, first)]


def _sent(message: Message, taken: Taken) -> Sequence[Fact]:
    if message.status not in SENDABLE or message.channel is None:
        return []
    return [
        MessageSent(
            message_id=message.message_id,
            meeting_id=message.meeting_id,
            channel=message.channel,
            attempt=taken.attempt,
            parts=taken.parts,
            sent_at=taken.at,
        )
    ]


def _ended(message: Message, taken: Taken | None, end: Fact | None) -> Sequence[Fact]:
    """The end of a message, and before it that a provider had it, where that was not known."""
    if message.status not in OPEN or end is None:
        return []
    return [*(_sent(message, taken) if taken else ()), end]


def _created(message: Message, order: Order, channel: Channel) -> Fact:
    return MessageCreated(message_id=message.message_id, channel=channel, **_told(order))


def _told(order: Order) -> dict[str, Any]:
    """What others may know of an order."""
    return {name: getattr(order, name) for name in ("meeting_id", "person_id", "template", "cause")}


def _delivered(message: Message, command: RecordDelivered) -> Fact | None:
    if message.channel is None:
        return None
    return MessageDelivered(
        message_id=message.message_id,
        meeting_id=message.meeting_id,
        channel=message.channel,
        delivered_at=command.delivered_at,
    )


def _failed(message: Message, kind: FailureKind, reason: str) -> Fact | None:
    if message.channel is None:
        return None
    return MessageFailed(
        message_id=message.message_id,
        meeting_id=message.meeting_id,
        channel=message.channel,
        kind=kind,
        reason=reason,
    )


def _unreachable(message: Message, order: Order, channel: Channel) -> Fact:
    """There is no address: technical, as it never reaches a provider."""
    reason = "no-contact" if len(order.channels) > 1 else f"no-{'mobile' if channel == 'sms' else 'email'}"
    return MessageFailed(
        message_id=message.message_id,
        meeting_id=order.meeting_id,
        channel=channel,
        kind="technical-failure",
        reason=reason,
    )


def _cancelled(message: Message, reason: CancelReason, detail: str | None = None) -> Fact:
    meeting_id = message.meeting_id
    return MessageCancelled(message_id=message.message_id, meeting_id=meeting_id, reason=reason, detail=detail)


def evolve(message: Message, fact: Fact) -> Message:
    """The message after `fact`."""
    after = replace(message, version=message.version + 1)
    match fact:
        case MessageHeld():
            return replace(after, status=Status.AWAITING_CONTACT)
        case MessageCreated():
            return replace(after, status=Status.CREATED, channel=fact.channel)
        case MessageSent():
            return replace(after, status=Status.SENT, parts=fact.parts, sent_at=fact.sent_at)
        case MessageDelivered():
            return replace(after, status=Status.DELIVERED)
        case MessageFailed():
            return replace(after, status=Status(fact.kind), reason=fact.reason)
        case MessageCancelled():
            return replace(after, status=Status.CANCELLED, reason=fact.detail or fact.reason)
        case _:
            raise TypeError(type(fact).__name__)


def plan(message: Message, fact: Fact) -> Sequence[Job]:
    """A message that was created is to be handed over, if there is anywhere to send it.

    What one person is told of one meeting on one channel goes out in order: jobs of one key wait for each other.
    """
    order, contact = message.order, message.contact
    if not isinstance(fact, MessageCreated) or order is None or contact is None or not contact.offers(fact.channel):
        return ()
    name, key = str(message.message_id), order.queue(fact.channel)
    return (Job(kind=f"send-{fact.channel}", name=name, key=key, payload={"message_id": name}, due=order.not_before),)
