"""What each fact makes notification do: messages as `domain/who_is_told.py` says, released and cancelled ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.notification.domain.changes import CHANGES
from services.notification.domain.message import (
    CancelMessage,
    Commands,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    ReleaseMessage,
    Taken,
)
from services.notification.domain.order import LINK, TICKET, Audience, Content, Order
from services.notification.domain.recipient import Host, Recipient, Seat, told_once
from services.notification.domain.who_is_told import TOLD, Row, Tell, case_of, concerns_everybody
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished
from shared.contracts.notification import FailureKind
from shared.contracts.registration import (
    InvitationDeclined,
    MeetingCancelled,
    MeetingClosed,
    MeetingHeld,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)
from shared.kernel import service_actor

SERVICE: Final = service_actor("notification")
FAILURES: Final[Mapping[str, FailureKind]] = {
    "undeliverable": "permanent-failure",
    "rejected": "permanent-failure",
    "expired": "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a reaction may need beside its fact: the cause, the people of the meeting, the person's unsent messages.

    `quiet` is how long changes wait for others; `moved_from` is when the meeting was to begin before it was moved.
    """

    cause: UUID
    at: datetime
    seats: Sequence[Seat] = field(default_factory=tuple)
    hosts: Sequence[Host] = field(default_factory=tuple)
    unsent: Sequence[UUID] = field(default_factory=tuple)
    moved_from: datetime | None = None
    quiet: timedelta = timedelta(0)


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
            orders = {order.message_id: order for order in orders_of(fact, known)}  # chair and contact may be one
            return [(key, ComposeMessage(actor=SERVICE, at=known.at, order=order)) for key, order in orders.items()]


def meeting_of(fact: Fact) -> UUID | None:
    """The meeting whose people a reaction must know, if it must."""
    meeting: UUID | None = getattr(fact, "meeting_id", None)
    return meeting if concerns_everybody(fact) else None


def seat_of(fact: Fact) -> UUID | None:
    """The registration that a reaction must know, if it must."""
    return fact.registration_id if isinstance(fact, TicketIssued | ParticipantCheckedIn) else None


def made_untrue(fact: Fact) -> tuple[UUID, tuple[UUID, ...]] | None:
    """The meeting, and the persons in it (none: all), whose unsent messages a fact may make untrue."""
    match fact:
        case MeetingRescheduled() | MeetingCancelled() | MeetingStarted() | MeetingHeld() | MeetingClosed():
            return fact.meeting_id, ()
        case ParticipantWithdrawn() | ParticipantPromoted():
            return fact.meeting_id, (fact.person_id,)
        case ParticipantRepresented():
            return fact.meeting_id, (fact.represented_person_id,)
        case _:
            return None


def conclude(status: str, *, taken: Taken, at: datetime) -> Commands | None:
    """What a receipt means for its message, unless it is still under way; `taken.at` is the provider's clock."""
    if status == "delivered":
        return RecordDelivered(actor=SERVICE, at=at, taken=taken, delivered_at=taken.at)
    kind = FAILURES.get(status)
    return RecordFailed(actor=SERVICE, at=at, kind=kind, reason=status, taken=taken) if kind else None


def orders_of(fact: Any, known: Known) -> Iterator[Order]:
    """The messages that the table wants for a fact."""
    row = TOLD[type(fact)][case_of(fact)]
    for recipient in _recipients(fact, known, row):
        cell = row[recipient.audience]
        if isinstance(cell, Tell):
            yield from _orders(cell, recipient, fact, known)


def _orders(cell: Tell, recipient: Recipient, fact: Any, known: Known) -> Iterator[Order]:
    template = recipient.notice if recipient.notice in cell.templates else cell.templates[0]
    own = _CONTENTS.get(type(fact), _nothing)(fact, known)
    named = {name: getattr(fact, name) for name in cell.values}
    content = Content(
        calendar=cell.calendar,
        registration=recipient.registration_id,
        about=recipient.about,
        revision=recipient.revision,
        **own | {"values": named | own.get("values", {})},
    )
    left = tuple(channel for channel in cell.channels if channel not in recipient.told_elsewhere)
    alone = cell.how == "one" and left == cell.channels  # nothing else tells the person
    for channels in [left] if cell.how == "one" and left else [(channel,) for channel in left]:
        yield Order(
            meeting_id=fact.meeting_id,
            person_id=recipient.person_id,
            cause=known.cause,
            template=template,
            channels=channels,
            if_impossible="fail" if alone else "leave",
            content=content,
            audience=recipient.audience,
            not_before=known.at + known.quiet if template in CHANGES and known.quiet else None,
        )


def _recipients(fact: Any, known: Known, row: Row) -> Iterable[Recipient]:
    match fact:
        case ParticipantRepresented():
            return _represented(fact)
        case MinutesPublished():
            return _everybody(known, row, list(_who_came(known)))
        case TicketIssued() | ParticipantCheckedIn():
            seats = known.seats or [Seat(registration_id=fact.registration_id, person_id=fact.person_id, state="")]
            return [_seated(seat, revision=seat.revision) for seat in seats]
        case _ if type(fact) in _AUDIENCES:
            audience = _AUDIENCES[type(fact)](fact)
            person_id = fact.contact if audience is Audience.CONTACT else fact.person_id
            seat = getattr(fact, "registration_id", None)
            return [Recipient(audience=audience, person_id=person_id, registration_id=seat)]
        case _ if concerns_everybody(fact):
            revision = getattr(fact, "sequence", None)
            return _everybody(known, row, [_seated(seat, revision=revision) for seat in known.seats], revision=revision)
        case _:
            return ()


def _represented(fact: ParticipantRepresented) -> Iterable[Recipient]:
    """Both, each with the other's name."""
    seat, former = fact.registration_id, fact.represented_registration_id
    gone = fact.represented_person_id
    return [
        Recipient(audience=Audience.REPRESENTATIVE, person_id=fact.person_id, registration_id=seat, about=gone),
        Recipient(audience=Audience.REPRESENTED, person_id=gone, registration_id=former, about=fact.person_id),
    ]


def _everybody(
    known: Known, row: Row, seats: Sequence[Recipient], *, revision: int | None = None
) -> Iterable[Recipient]:
    hosts = (
        Recipient(audience=host.audience, person_id=host.person_id, revision=revision, addresses=host.addresses)
        for host in known.hosts
    )
    return [*told_once(hosts, seats, row), *seats]


def _who_came(known: Known) -> Iterable[Recipient]:
    """Minutes are told to everybody who was there, also to whom nobody expected."""
    for seat in known.seats:
        found = _seated(seat, revision=None)
        came = Recipient(audience=Audience.SEATED, person_id=seat.person_id, addresses=seat.addresses)
        yield came if seat.checked_in else found


def _seated(seat: Seat, *, revision: int | None) -> Recipient:
    return Recipient(
        audience=seat.audience,
        person_id=seat.person_id,
        registration_id=seat.registration_id,
        notice=seat.notice,
        about=seat.represents if seat.notice == "delegated" else None,
        revision=revision,
        addresses=seat.addresses,
    )


def _nothing(_fact: Any, _known: Known) -> dict[str, Any]:
    return {}


def _ticket(fact: TicketIssued, known: Known) -> dict[str, Any]:
    values = {"old_starts_at": known.moved_from.isoformat()} if known.moved_from else {}
    return {"values": values, "sealed": {TICKET: fact.sealed_ticket}, "serial": fact.serial}


_AUDIENCES: Final[Mapping[type[Fact], Callable[[Any], Audience]]] = {
    OrganisationInvited: lambda _: Audience.CONTACT,
    ParticipantRegistered: lambda fact: Audience.WAITING if fact.state == "waitlisted" else Audience.SEATED,
    ParticipantPromoted: lambda _: Audience.SEATED,
    ParticipantWithdrawn: lambda _: Audience.WITHDRAWN,
    InvitationDeclined: lambda _: Audience.DECLINED,
}
"""As what the one person is told whom a fact is about."""

_CONTENTS: Final[Mapping[type[Fact], Callable[[Any, Known], dict[str, Any]]]] = {
    OrganisationInvited: lambda fact, _: {
        "values": {"seats": fact.seats, "answer_by": fact.expires_at.isoformat()},
        "sealed": {LINK: fact.sealed_link},
    },
    ParticipantRegistered: lambda fact, _: {"values": {"position": fact.position} if fact.position else {}},
    TicketIssued: _ticket,
    ParticipantCheckedIn: lambda fact, _: {"values": {"checked_in_at": fact.scanned_at.isoformat()}},
    MeetingRescheduled: lambda fact, _: {
        "values": {
            "old_starts_at": fact.old_starts_at.isoformat(),
            "old_ends_at": fact.old_ends_at.isoformat(),
            "old_venue": fact.old_venue.model_dump(exclude_none=True),
        }
    },
    MinutesPublished: lambda fact, _: {"values": {"number": fact.number}, "minutes": fact.minutes_id},
}
"""What the texts of a fact are made of."""
