"""The events of notification: the state of each message; never its text, never the address of its recipient."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, Fact, Instant, Topic, WireEnum

MESSAGE = Topic(
    name="eoffice.notification.message.v1",
    owner="notification",
    readers=("registration", "archive"),
)

Channel = Literal["sms", "email"]


class FailureKind(WireEnum):
    """Why a message will not arrive."""

    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class CancelReason(WireEnum):
    """Why a message is not needed any more."""

    PERSON_ERASED = "person-erased"
    TOLD_OTHERWISE = "told-otherwise"


class MessageHeld(Fact):
    """A message exists and waits: its recipient is not known yet; nothing is sent before he is."""

    message_id: UUID
    meeting_id: UUID | None
    person_id: UUID
    template: str
    cause: UUID


class MessageCreated(Fact):
    """A message to one person for one purpose exists and will be sent."""

    message_id: UUID
    meeting_id: UUID | None
    person_id: UUID
    channel: Channel
    template: str
    cause: UUID


class MessageSent(Fact):
    """A provider has accepted the message; it is not yet delivered."""

    message_id: UUID
    meeting_id: UUID | None
    channel: Channel
    attempt: int
    parts: int
    sent_at: Instant


class MessageDelivered(Fact):
    """The provider says that it arrived."""

    message_id: UUID
    meeting_id: UUID | None
    channel: Channel
    delivered_at: Instant


class MessageFailed(Fact):
    """The message will not arrive; terminal."""

    message_id: UUID
    meeting_id: UUID | None
    channel: Channel
    kind: FailureKind
    reason: str


class MessageCancelled(Fact):
    """The message was withdrawn before a provider had it; terminal. `detail` says more than `reason`, as a short code.

    Known details: `meeting-cancelled`, `meeting-started`, `meeting-over`, `seat-given-up`, `answered`, `superseded`.
    """

    message_id: UUID
    meeting_id: UUID | None
    reason: CancelReason
    detail: str | None = None


CONTRACTS = tuple(
    Contract(model=model, topic=MESSAGE, since="0.1")
    for model in (MessageHeld, MessageCreated, MessageSent, MessageDelivered, MessageFailed, MessageCancelled)
)
