"""How facts are told: to whom each goes, and what its texts are made of beside `Tell.values`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.notification.domain.order import LINK, TICKET, Audience
from services.notification.domain.recipient import AGAIN, Recipient, Seat
from services.notification.domain.states import RegistrationState
from services.notification.policy.context import ReactionContext
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished
from shared.contracts.registration import (
    InvitationDeclined,
    InvitationExtended,
    InvitationReminded,
    InvitationResent,
    InvitationRevoked,
    MeetingHostsChanged,
    MeetingRescheduled,
    OrganisationInvited,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    RegistrationRepeated,
    RequestWithdrawn,
    TicketIssued,
)

InvitationFact: TypeAlias = (
    OrganisationInvited | InvitationExtended | InvitationResent | InvitationReminded | InvitationRevoked
)


class Needs(Enum):
    """What must be known of a meeting before a fact can be told: nobody, the one seat, or everybody."""

    NOTHING = auto()
    SEAT = auto()
    MEETING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """To whom a fact may be told (`who_is_told` says whether), and the members of `Content` that it gives."""

    recipients: Callable[[Any, ReactionContext], Iterable[Recipient]]
    content: Callable[[Any, ReactionContext], dict[str, Any]] = lambda _fact, _context: {}
    needs: Needs = Needs.NOTHING


def _person(audience: Audience) -> Callable[[Any, ReactionContext], Iterable[Recipient]]:
    """The one person whom a fact is about."""
    return lambda fact, _: [
        Recipient(audience=audience, person_id=fact.person_id, registration_id=fact.registration_id)
    ]


def _contact(fact: InvitationFact, _context: ReactionContext) -> Iterable[Recipient]:
    return [Recipient(audience=Audience.CONTACT, person_id=fact.contact)]


def _new_and_former_hosts(fact: MeetingHostsChanged, context: ReactionContext) -> Iterable[Recipient]:
    """Who holds the meeting now and was not told so before, who no longer does, and who was told who chairs it."""
    if fact.former_chair:
        yield Recipient(audience=Audience.CHAIR, person_id=fact.chair)
        yield _former(fact.former_chair, "chair_released")
        yield from (replace(host, notice="chair_changed") for host in _hosts(context, None) if _knew_chair(host, fact))
    for person in fact.new_co_host_contacts:
        yield Recipient(audience=Audience.CO_HOST, person_id=person)
    for person in fact.former_co_host_contacts:
        yield _former(person, "co_host_released")


def _knew_chair(host: Recipient, fact: MeetingHostsChanged) -> bool:
    told = (Audience.CONTACT, Audience.CO_HOST)
    return host.audience in told and host.person_id not in fact.new_co_host_contacts


def _former(person: UUID, notice: str) -> Recipient:
    return Recipient(audience=Audience.FORMER_HOST, person_id=person, notice=notice)


def _registered(fact: ParticipantRegistered | ParticipantReinstated, context: ReactionContext) -> Iterable[Recipient]:
    waits = RegistrationState(fact.state) is RegistrationState.WAITLISTED
    return _person(Audience.WAITING if waits else Audience.SEATED)(fact, context)


def _withdrawn(fact: ParticipantWithdrawn, context: ReactionContext) -> Iterable[Recipient]:
    """He himself, and for whom he would have come; not who is told of another registration of his (`AGAIN`)."""
    if not (fact.lapsed and any(seat.notice == AGAIN for seat in context.seats)):
        yield from _person(Audience.DECLINED if fact.declines else Audience.WITHDRAWN)(fact, context)
    for seat in context.seats:
        if seat.represents:
            yield Recipient(audience=Audience.REPRESENTED, person_id=seat.represents, about=fact.person_id)


def _request_withdrawn(fact: RequestWithdrawn, context: ReactionContext) -> Iterable[Recipient]:
    """He himself, as above."""
    if fact.lapsed and any(seat.notice == AGAIN for seat in context.seats):
        return ()
    return _person(Audience.WITHDRAWN)(fact, context)


def _place(fact: ParticipantRegistered | ParticipantReinstated, _context: ReactionContext) -> dict[str, Any]:
    return {"values": {"position": fact.position} if fact.position else {}}


def _represented(fact: ParticipantRepresented, _context: ReactionContext) -> Iterable[Recipient]:
    """Both, each with the other's name."""
    seat, former = fact.registration_id, fact.represented_registration_id
    gone = fact.represented_person_id
    return [
        Recipient(audience=Audience.REPRESENTATIVE, person_id=fact.person_id, registration_id=seat, about=gone),
        Recipient(audience=Audience.REPRESENTED, person_id=gone, registration_id=former, about=fact.person_id),
    ]


def _own_seat(
    fact: TicketIssued | ParticipantCheckedIn | RegistrationRepeated, context: ReactionContext
) -> Iterable[Recipient]:
    """The person of a seat as what we know him; as seated where we do not know him yet."""
    confirmed = RegistrationState.CONFIRMED
    unknown = Seat(registration_id=fact.registration_id, person_id=fact.person_id, state=confirmed)
    return [_seated(seat, revision=seat.revision) for seat in context.seats or [unknown] if seat.notice != AGAIN]


def _everybody(fact: Any, context: ReactionContext) -> Iterable[Recipient]:
    """The hosts, and everybody with an answer."""
    revision = getattr(fact, "sequence", None)
    own = (seat for seat in context.seats if seat.notice != AGAIN)
    return [*_hosts(context, revision), *(_seated(seat, revision=revision) for seat in own)]


def _who_came(_fact: MinutesPublished, context: ReactionContext) -> Iterable[Recipient]:
    """Minutes are told to the hosts and everybody who was there, also to whom nobody expected."""
    yield from _hosts(context, None)
    for seat in context.seats:
        came = Recipient(audience=Audience.SEATED, person_id=seat.person_id, addresses=seat.addresses)
        yield came if seat.checked_in else _seated(seat, revision=None)


def _hosts(context: ReactionContext, revision: int | None) -> Iterable[Recipient]:
    return (
        Recipient(audience=host.audience, person_id=host.person_id, revision=revision, addresses=host.addresses)
        for host in context.hosts
    )


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


def _ticket(fact: TicketIssued, context: ReactionContext) -> dict[str, Any]:
    values = {"old_starts_at": context.moved_from.isoformat()} if context.moved_from else {}
    return {"values": values, "sealed": {TICKET: fact.sealed_ticket}, "serial": fact.serial}


def _change(fact: MeetingRescheduled, _context: ReactionContext) -> dict[str, Any]:
    return {
        "values": {
            "old_starts_at": fact.old_starts_at.isoformat(),
            "old_ends_at": fact.old_ends_at.isoformat(),
            "old_venue": fact.old_venue.model_dump(exclude_none=True),
        }
    }


def _invitation(fact: OrganisationInvited | InvitationResent, _context: ReactionContext) -> dict[str, Any]:
    values = {"seats": fact.seats, "answer_by": fact.expires_at.isoformat()}
    return {"values": values, "sealed": {LINK: fact.sealed_link}}


def _reminder(fact: InvitationReminded, _context: ReactionContext) -> dict[str, Any]:
    values = {"seats": fact.seats, "answer_by": fact.answer_by.isoformat()}
    sealed = {LINK: fact.sealed_link} if fact.sealed_link else {}
    return {"values": values, "sealed": sealed, "invitation": fact.invitation_id}


EVERYBODY: Final = Telling(recipients=_everybody, needs=Needs.MEETING)
"""How a fact is told that concerns all people of a meeting (`who_is_told.concerns_everybody`)."""

NOBODY: Final = Telling(recipients=lambda _fact, _context: ())

TELLINGS: Final[Mapping[type[Fact], Telling]] = {
    MeetingHostsChanged: Telling(recipients=_new_and_former_hosts, needs=Needs.MEETING),
    MeetingRescheduled: Telling(recipients=_everybody, content=_change, needs=Needs.MEETING),
    OrganisationInvited: Telling(recipients=_contact, content=_invitation),
    InvitationExtended: Telling(
        recipients=_contact, content=lambda fact, _: {"values": {"answer_by": fact.expires_at.isoformat()}}
    ),
    InvitationReminded: Telling(recipients=_contact, content=_reminder),
    InvitationResent: Telling(recipients=_contact, content=_invitation),
    InvitationRevoked: Telling(recipients=_contact, content=lambda fact, _: {"values": {"reason": fact.reason}}),
    InvitationDeclined: Telling(recipients=_person(Audience.DECLINED)),
    ParticipantRegistered: Telling(recipients=_registered, content=_place),
    ParticipantReinstated: Telling(recipients=_registered, content=_place),
    ParticipantRepresented: Telling(recipients=_represented),
    ParticipantPromoted: Telling(recipients=_person(Audience.SEATED)),
    ParticipantWithdrawn: Telling(recipients=_withdrawn, needs=Needs.SEAT),
    ParticipationRequested: Telling(recipients=_person(Audience.WAITING)),
    RegistrationRepeated: Telling(recipients=_own_seat, needs=Needs.SEAT),
    ParticipationRejected: Telling(
        recipients=_person(Audience.WITHDRAWN), content=lambda fact, _: {"values": {"reason": fact.reason}}
    ),
    RequestWithdrawn: Telling(recipients=_request_withdrawn, needs=Needs.SEAT),
    TicketIssued: Telling(recipients=_own_seat, content=_ticket, needs=Needs.SEAT),
    ParticipantCheckedIn: Telling(
        recipients=_own_seat,
        content=lambda fact, _: {"values": {"checked_in_at": (fact.came_at or fact.scanned_at).isoformat()}},
        needs=Needs.SEAT,
    ),
    MinutesPublished: Telling(
        recipients=_who_came,
        content=lambda fact, _: {"values": {"number": fact.number}, "minutes": fact.minutes_id},
        needs=Needs.MEETING,
    ),
}
"""Fact → how it is told, where it is neither `EVERYBODY` nor `NOBODY`."""
