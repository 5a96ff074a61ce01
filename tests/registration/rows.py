"""What the rows of a meeting would hold after some facts, without a database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

from services.registration.domain.form.form import Form
from services.registration.domain.invitation import Invitation
from services.registration.domain.meeting import Meeting, evolve
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import RegistrationState
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    InvitationExtended,
    InvitationRevoked,
    MeetingDrafted,
    MeetingFormChanged,
    OrganisationInvited,
    ParticipantBlocked,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantUnblocked,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    RequestWithdrawn,
    TicketIssued,
)
from tests.registration.draft_rows import DRAFT_FACTS
from tests.registration.people import MEETING
from tests.registration.scanned_seats import SCAN_FACTS, ScanFact, seat_after_scan

AnswerFact: TypeAlias = (
    ParticipantRegistered | ParticipantReinstated | ParticipantRepresented | InvitationDeclined | ParticipationRequested
)


@dataclass(slots=True)
class Rows:
    """What the rows would hold after some facts."""

    meeting: Meeting = field(default_factory=lambda: Meeting(meeting_id=MEETING))
    invitations: dict[str, Invitation] = field(default_factory=dict)
    seats: dict[UUID, Seat] = field(default_factory=dict)
    queue: list[UUID] = field(default_factory=list)
    scans: set[tuple[str, str]] = field(default_factory=set)
    drafted: MeetingDrafted | None = None
    form: Form | None = None

    def add(self, fact: Fact) -> None:
        self.meeting = evolve(self.meeting, fact)
        write = WRITERS.get(type(fact))
        if write is not None:
            write(self, fact)

    @property
    def waiting(self) -> tuple[Seat, ...]:
        """Those who wait, in their order."""
        return tuple(self.seats[seat] for seat in self.queue)

    def taken(self, bodies: Iterable[str]) -> dict[str, int]:
        """How many people of each of these bodies have a seat."""
        seated = [seat.organisation for seat in self.seats.values() if seat.state == RegistrationState.CONFIRMED]
        return {body: seated.count(body) for body in bodies}

    def has_answered(self, invitation_id: UUID) -> bool:
        """Whether anybody has answered this invitation."""
        return any(seat.invitation_id == invitation_id for seat in self.seats.values())

    def add_seat(self, fact: AnswerFact, **members: Any) -> None:
        names = ("registration_id", "person_id", "organisation", "code", "invitation_id", "rank")
        told = {"rank": 80} | {name: getattr(fact, name) for name in names if hasattr(fact, name)}
        self.seats[fact.registration_id] = Seat(**told, **members)

    def use_invitation(self, invitation_id: UUID | None, seats: int) -> None:
        for link, one in self.invitations.items():
            if one.invitation_id == invitation_id:
                self.invitations[link] = replace(one, used=one.used + seats)

    def change_seat(self, seat: UUID, **members: Any) -> None:
        self.seats[seat] = replace(self.seats[seat], **members)
        if members.get("state") and seat in self.queue:
            self.queue.remove(seat)


def _invited(rows: Rows, fact: OrganisationInvited) -> None:
    names = ("invitation_id", "organisation", "seats", "expires_at", "contact", "sealed_link")
    told = {name: getattr(fact, name) for name in names}
    rows.invitations[fact.link_sha256] = Invitation(used=0, **told)


def _invitation_changed(rows: Rows, fact: InvitationExtended | InvitationRevoked) -> None:
    (link,) = (link for link, one in rows.invitations.items() if one.invitation_id == fact.invitation_id)
    invitation = rows.invitations[link]
    if isinstance(fact, InvitationRevoked):
        rows.invitations[link] = replace(invitation, revoked=True)
    else:
        rows.invitations[link] = replace(invitation, expires_at=fact.expires_at)


def _registered(rows: Rows, fact: ParticipantRegistered | ParticipantReinstated) -> None:
    rows.add_seat(fact, state=RegistrationState(fact.state), group_id=getattr(fact, "group_id", None))
    if fact.position:
        rows.queue.append(fact.registration_id)
    rows.use_invitation(fact.invitation_id, 1)


def _represented(rows: Rows, fact: ParticipantRepresented) -> None:
    rows.change_seat(fact.represented_registration_id, state=RegistrationState.REPRESENTED)
    represents, given = fact.represented_registration_id, rows.seats[fact.represented_registration_id].invitation_id
    rows.add_seat(fact, state=RegistrationState.CONFIRMED, represents=represents, invitation_id=given)


def _withdrawn(rows: Rows, fact: ParticipantWithdrawn) -> None:
    rows.change_seat(fact.registration_id, state=RegistrationState("declined" if fact.declines else "withdrawn"))
    rows.use_invitation(rows.seats[fact.registration_id].invitation_id, -1)


def _scanned(rows: Rows, fact: ScanFact) -> None:
    rows.scans.add((fact.device, fact.nonce))
    if fact.registration_id:
        rows.seats[fact.registration_id] = seat_after_scan(rows.seats[fact.registration_id], fact)


def _drafted(rows: Rows, fact: MeetingDrafted) -> None:
    rows.drafted = fact


def _form_changed(rows: Rows, fact: MeetingFormChanged) -> None:
    rows.form = Form(fact.form_version, fact.fields)


def _changed(rows: Rows, fact: Any) -> None:
    assert rows.drafted is not None
    names = type(fact).model_fields.keys() & MeetingDrafted.model_fields.keys()
    rows.drafted = rows.drafted.model_copy(update={name: getattr(fact, name) for name in names})


WRITERS: dict[type[Fact], Callable[[Rows, Any], None]] = {
    MeetingDrafted: _drafted,
    **dict.fromkeys(DRAFT_FACTS, _changed),
    MeetingFormChanged: _form_changed,
    OrganisationInvited: _invited,
    **dict.fromkeys((InvitationExtended, InvitationRevoked), _invitation_changed),
    ParticipantRegistered: _registered,
    ParticipantRepresented: _represented,
    ParticipationRequested: lambda rows, fact: rows.add_seat(
        fact, state=RegistrationState.REQUESTED, group_id=fact.group_id
    ),
    ParticipationRejected: lambda rows, fact: rows.change_seat(fact.registration_id, state=RegistrationState.REJECTED),
    RequestWithdrawn: lambda rows, fact: rows.change_seat(fact.registration_id, state=RegistrationState.WITHDRAWN),
    ParticipantPromoted: lambda rows, fact: rows.change_seat(fact.registration_id, state=RegistrationState.CONFIRMED),
    ParticipantWithdrawn: _withdrawn,
    ParticipantReinstated: _registered,
    InvitationDeclined: lambda rows, fact: rows.add_seat(fact, state=RegistrationState.DECLINED),
    ParticipantBlocked: lambda rows, fact: rows.change_seat(fact.registration_id, blocked=True),
    ParticipantUnblocked: lambda rows, fact: rows.change_seat(fact.registration_id, blocked=False),
    TicketIssued: lambda rows, fact: rows.change_seat(fact.registration_id, ticket_serial=fact.serial),
    **dict.fromkeys(SCAN_FACTS, _scanned),
}
"""Kind of fact → what it changes beside the meeting's own row."""
