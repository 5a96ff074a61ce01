"""The aggregate Message: what is decided about it, what it becomes, and which work follows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

from services.notification.domain.commands import (
    Acceptance,
    CancelMessage,
    Commands,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    RecordSent,
    ReleaseMessage,
)
from services.notification.domain.order import Order
from services.notification.domain.state import OPEN, SENDABLE, WITHOUT_PROVIDER, Contact, Message, Status
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
from shared.kernel import Job, NotFound


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
            return _sent(message, command.acceptance)
        case RecordDelivered():
            return _ended(message, command.acceptance, _delivered(message, command))
        case RecordFailed():
            return _ended(message, command.acceptance, _failed(message, command.kind, command.reason))
        case CancelMessage():
            waiting = message.status in WITHOUT_PROVIDER
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
    reason = CancelReason.PERSON_ERASED if contact.erased else CancelReason.TOLD_OTHERWISE
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


def _sent(message: Message, acceptance: Acceptance) -> Sequence[Fact]:
    if message.status not in SENDABLE or message.channel is None:
        return []
    return [
        MessageSent(
            message_id=message.message_id,
            meeting_id=message.meeting_id,
            channel=message.channel,
            attempt=acceptance.attempt,
            parts=acceptance.parts,
            sent_at=acceptance.at,
        )
    ]


def _ended(message: Message, acceptance: Acceptance | None, end: Fact | None) -> Sequence[Fact]:
    """The end of a message, and before it that a provider had it, where that was not known."""
    if message.status not in OPEN or end is None:
        return []
    return [*(_sent(message, acceptance) if acceptance else ()), end]


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
        kind=FailureKind.TECHNICAL_FAILURE,
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
