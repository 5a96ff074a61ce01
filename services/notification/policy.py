"""What each fact makes notification do: the one table from facts to messages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.notification.domain.message import (
    CancelMessage,
    Commands,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    ReleaseMessage,
    Taken,
)
from services.notification.domain.order import LINK, TICKET, CalendarMethod, Content, Order
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished
from shared.contracts.notification import Channel, FailureKind
from shared.contracts.registration import (
    InvitationDeclined,
    MeetingCancelled,
    MeetingRescheduled,
    OrganisationInvited,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)
from shared.kernel import Actor, Role

SERVICE: Final = Actor(subject="service:notification", roles=frozenset({Role.SERVICE}))
FAILURES: Final[Mapping[str, FailureKind]] = {
    "undeliverable": "permanent-failure",
    "rejected": "permanent-failure",
    "expired": "expired",
}
TOLD_OF_CHANGES: Final = frozenset({"confirmed", "waitlisted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One answer to an invitation, as last heard."""

    registration_id: UUID
    person_id: UUID
    state: str
    checked_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a reaction may need beside its fact: the cause, the seats of the meeting, the person's unsent messages."""

    cause: UUID
    at: datetime
    seats: Sequence[Seat] = field(default_factory=tuple)
    unsent: Sequence[UUID] = field(default_factory=tuple)


Reaction: TypeAlias = tuple[UUID, Commands]


def react(fact: Fact, known: Known) -> Sequence[Reaction]:
    """The commands that follow from a fact, each with the message it is for; the same fact gives the same messages."""
    match fact:
        case PersonRecorded():
            return [(message, ReleaseMessage(actor=SERVICE, at=known.at)) for message in known.unsent]
        case PersonErased():
            return [
                (message, CancelMessage(actor=SERVICE, at=known.at, reason="person-erased")) for message in known.unsent
            ]
        case _:
            orders = ORDERS[type(fact)](fact, known) if type(fact) in ORDERS else ()
            return [(order.message_id, ComposeMessage(actor=SERVICE, at=known.at, order=order)) for order in orders]


def audience_of(fact: Fact) -> UUID | None:
    """The meeting whose seats a reaction must know, if it must."""
    return fact.meeting_id if isinstance(fact, MeetingRescheduled | MeetingCancelled | MinutesPublished) else None


def conclude(status: str, *, taken: Taken, at: datetime) -> Commands | None:
    """What a receipt means for its message, unless it is still under way; `taken.at` is the provider's clock."""
    if status == "delivered":
        return RecordDelivered(actor=SERVICE, at=at, taken=taken, delivered_at=taken.at)
    kind = FAILURES.get(status)
    return RecordFailed(actor=SERVICE, at=at, kind=kind, reason=status, taken=taken) if kind else None


def _invited(fact: OrganisationInvited, known: Known) -> Iterable[Order]:
    yield Order(
        meeting_id=fact.meeting_id,
        person_id=fact.contact,
        cause=known.cause,
        template="invitation",
        channels=("email",),
        content=Content(
            values={"seats": fact.seats, "answer_by": fact.expires_at.isoformat()},
            sealed={LINK: fact.sealed_link},
            calendar="REQUEST",
        ),
    )


def _registered(fact: ParticipantRegistered, known: Known) -> Iterable[Order]:
    """A seat is told by SMS, and by the e-mail of its ticket (`_ticketed`); a place in the queue by either."""
    if fact.state == "confirmed":
        yield _to_participant(fact, known, "registered", channels=("sms",), if_impossible="leave")
    else:
        content = Content(values={"position": fact.position}, registration=fact.registration_id)
        yield _to_participant(fact, known, "waitlisted", content=content)


def _ticketed(fact: TicketIssued, known: Known) -> Iterable[Order]:
    content = Content(sealed={TICKET: fact.sealed_ticket}, calendar="REQUEST", registration=fact.registration_id)
    yield _to_participant(fact, known, "registered", channels=("email",), if_impossible="leave", content=content)


def _promoted(fact: ParticipantPromoted, known: Known) -> Iterable[Order]:
    yield _to_participant(fact, known, "promoted")


def _represented(fact: ParticipantRepresented, known: Known) -> Iterable[Order]:
    content = Content(registration=fact.registration_id, about=fact.represented_person_id)
    yield _to_participant(fact, known, "delegated", content=content)


def _declined(fact: InvitationDeclined, known: Known) -> Iterable[Order]:
    yield _to_participant(fact, known, "declined")


def _checked_in(fact: ParticipantCheckedIn, known: Known) -> Iterable[Order]:
    """Who was scanned by a desk without a network has long been inside when we hear of it."""
    if not fact.offline:
        content = Content(values={"checked_in_at": fact.scanned_at.isoformat()}, registration=fact.registration_id)
        yield _to_participant(fact, known, "checked_in", channels=("sms",), if_impossible="leave", content=content)


def _rescheduled(fact: MeetingRescheduled, known: Known) -> Iterable[Order]:
    moved = (fact.starts_at, fact.ends_at) != (fact.old_starts_at, fact.old_ends_at)
    values = {"old_starts_at": fact.old_starts_at.isoformat()}
    for seat in known.seats:
        if seat.state in TOLD_OF_CHANGES:
            content = Content(values=values, calendar=_invite(seat, "REQUEST"), registration=seat.registration_id)
            yield from _on_both(fact, known, seat, "rescheduled" if moved else "venue_changed", content)


def _cancelled(fact: MeetingCancelled, known: Known) -> Iterable[Order]:
    for seat in known.seats:
        if seat.state in TOLD_OF_CHANGES:
            calendar = _invite(seat, "CANCEL")
            content = Content(values={"reason": fact.reason}, calendar=calendar, registration=seat.registration_id)
            yield from _on_both(fact, known, seat, "cancelled", content)


def _published(fact: MinutesPublished, known: Known) -> Iterable[Order]:
    content = Content(values={"number": fact.number}, minutes=fact.minutes_id)
    for seat in known.seats:
        if seat.checked_in or seat.state == "confirmed":
            yield Order(
                meeting_id=fact.meeting_id,
                person_id=seat.person_id,
                cause=known.cause,
                template="minutes_signed",
                channels=("email", "sms"),
                content=content,
            )


def _to_participant(fact: Any, known: Known, template: str, **members: Any) -> Order:
    return Order(
        meeting_id=fact.meeting_id,
        person_id=fact.person_id,
        cause=known.cause,
        template=template,
        **{"channels": ("sms", "email"), "content": Content(registration=fact.registration_id), **members},
    )


def _on_both(fact: Any, known: Known, seat: Seat, template: str, content: Content) -> Iterable[Order]:
    """A change concerns everybody at once: by SMS, as it is read first, and by e-mail, which carries the calendar."""
    both: tuple[Channel, ...] = ("sms", "email")
    for channel in both:
        yield Order(
            meeting_id=fact.meeting_id,
            person_id=seat.person_id,
            cause=known.cause,
            template=template,
            channels=(channel,),
            if_impossible="leave",
            content=content,
        )


def _invite(seat: Seat, method: CalendarMethod) -> CalendarMethod | None:
    """The calendar of a person in the queue has no entry yet."""
    return method if seat.state == "confirmed" else None


ORDERS: Final[Mapping[type[Fact], Callable[[Any, Known], Iterable[Order]]]] = {
    OrganisationInvited: _invited,
    ParticipantRegistered: _registered,
    TicketIssued: _ticketed,
    ParticipantPromoted: _promoted,
    ParticipantRepresented: _represented,
    InvitationDeclined: _declined,
    ParticipantCheckedIn: _checked_in,
    MeetingRescheduled: _rescheduled,
    MeetingCancelled: _cancelled,
    MinutesPublished: _published,
}
"""Fact → orders; what is not here is heard and tells nobody anything."""
