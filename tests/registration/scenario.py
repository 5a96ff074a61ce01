"""The language of the domain: `after(opened(seats=1), registered(KEO), command=register(NOY)) == refuses(MeetingFull)`.

A step is one fact or several, as they happened; a command is decided on what the store would have loaded for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from services.registration.domain.commands import (
    AcceptAfterAll,
    ChangeMeeting,
    CheckIn,
    DeclineInvitation,
    ExtendInvitation,
    InvitationCommand,
    InviteOrganisation,
    IssueTicket,
    MeetingCommand,
    RegisterParticipant,
    RepresentParticipant,
    ResendInvitation,
    RevokeInvitation,
    WithdrawParticipant,
)
from services.registration.domain.meeting import Meeting, decide, evolve, plan
from services.registration.domain.state import HOLDING, Invitation, RegistrationState, Seat
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    InvitationExtended,
    InvitationRevoked,
    MeetingDrafted,
    OrganisationInvited,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    TicketIssued,
)
from shared.kernel import Actor, Job, Refusal, Role
from tests.registration.draft_rows import DRAFT_COMMANDS, DRAFT_FACTS
from tests.registration.scanned_seats import SCAN_FACTS, ScanFact, seat_after_scan

START = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)  # 08:30 in Vientiane
END = START + timedelta(hours=4)
NOW = START - timedelta(days=10)


def named(name: str) -> UUID:
    """The same name gives the same identifier."""
    return uuid5(UUID(int=0), name)


MEETING = named("the consultation")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person and his registration."""

    name: str
    body: str = "MOF"
    rank: int = 80

    @property
    def person(self) -> UUID:
        return named(f"person {self.name}")

    @property
    def seat(self) -> UUID:
        return named(f"seat {self.name}")

    @property
    def code(self) -> str:
        return f"{self.name:2<6}".upper()[:6]


KEO, NOY, VANH, SENG = (Somebody(name) for name in ("keo", "noy", "vanh", "seng"))

ORGANISER = Actor(subject="organiser", roles=frozenset({Role.ORGANISER}), organisation="MTC")
OTHER_ORGANISER = replace(ORGANISER, organisation="MOF")
FOCAL_POINT = Actor(subject="focal", roles=frozenset({Role.FOCAL_POINT}), organisation="MOF")
DESK = Actor(subject="desk", roles=frozenset({Role.DESK}), organisation="MTC")
SERVICE = Actor(subject="service", roles=frozenset({Role.SERVICE}))
LINK_HOLDER = Actor(subject="link:1")

Step: TypeAlias = Fact | Iterable[Fact]
AnswerFact: TypeAlias = ParticipantRegistered | ParticipantReinstated | ParticipantRepresented | InvitationDeclined


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused: which rule, which member, what is told beside."""

    kind: type[Refusal]
    field: str | None
    details: Mapping[str, Any]


def refuses(kind: type[Refusal], *, at: str | None = None, **details: Any) -> Refused:
    """`at` is the JSON pointer of the offending member."""
    return Refused(kind, at, details)


def after(
    *steps: Step, command: MeetingCommand, unknown_body: bool = False, unknown: Iterable[str] = ()
) -> Sequence[Fact] | Refused:
    """The facts that follow from `command`, or its refusal; `unknown` are bodies that the registry does not have."""
    rows = _read(steps)
    bodies: dict[str, Any] = {"organisation_known": not unknown_body, "unknown_bodies": frozenset(unknown)}
    try:
        return list(decide(replace(rows.meeting, **bodies, **rows.context(command)), command))
    except Refusal as refusal:
        return Refused(type(refusal), refusal.field, refusal.details)


def meeting_after(*steps: Step) -> Meeting:
    """The meeting's own state."""
    return _read(steps).meeting


def seats_after(*steps: Step) -> Sequence[Seat]:
    """What is known of each registration, in the order in which they came."""
    return list(_read(steps).seats.values())


def jobs_after(*steps: Step) -> Sequence[Job]:
    """What the last fact leaves to do outside."""
    facts = list(_flat(steps))
    return plan(meeting_after(*facts), facts[-1])


@dataclass(slots=True)
class _Rows:
    """What the rows would hold after some facts."""

    meeting: Meeting = field(default_factory=lambda: Meeting(meeting_id=MEETING))
    invitations: dict[str, Invitation] = field(default_factory=dict)
    seats: dict[UUID, Seat] = field(default_factory=dict)
    queue: list[UUID] = field(default_factory=list)
    scans: set[tuple[str, str]] = field(default_factory=set)
    drafted: MeetingDrafted | None = None

    def add(self, fact: Fact) -> None:
        self.meeting = evolve(self.meeting, fact)
        write = WRITERS.get(type(fact))
        if write is not None:
            write(self, fact)

    def context(self, command: MeetingCommand) -> dict[str, Any]:
        load = LOADERS.get(type(command))
        return load(self, command) if load else {}

    def add_seat(self, fact: AnswerFact, **members: Any) -> None:
        names = ("registration_id", "person_id", "organisation", "code", "invitation_id")
        told = {"rank": 80} | {name: getattr(fact, name) for name in (*names, "rank") if hasattr(fact, name)}
        self.seats[fact.registration_id] = Seat(**told, **members)

    def use_invitation(self, invitation_id: UUID | None, seats: int) -> None:
        for link, one in self.invitations.items():
            if one.invitation_id == invitation_id:
                self.invitations[link] = replace(one, used=one.used + seats)

    def change_seat(self, seat: UUID, **members: Any) -> None:
        self.seats[seat] = replace(self.seats[seat], **members)
        if members.get("state") and seat in self.queue:
            self.queue.remove(seat)


def _invited(rows: _Rows, fact: OrganisationInvited) -> None:
    names = ("invitation_id", "organisation", "seats", "expires_at", "contact", "sealed_link")
    told = {name: getattr(fact, name) for name in names}
    rows.invitations[fact.link_sha256] = Invitation(used=0, **told)


def _invitation_changed(rows: _Rows, fact: InvitationExtended | InvitationRevoked) -> None:
    (link,) = (link for link, one in rows.invitations.items() if one.invitation_id == fact.invitation_id)
    invitation = rows.invitations[link]
    if isinstance(fact, InvitationRevoked):
        rows.invitations[link] = replace(invitation, revoked=True)
    else:
        rows.invitations[link] = replace(invitation, expires_at=fact.expires_at)


def _registered(rows: _Rows, fact: ParticipantRegistered | ParticipantReinstated) -> None:
    rows.add_seat(fact, state=RegistrationState(fact.state))
    if fact.position:
        rows.queue.append(fact.registration_id)
    rows.use_invitation(fact.invitation_id, 1)


def _represented(rows: _Rows, fact: ParticipantRepresented) -> None:
    rows.change_seat(fact.represented_registration_id, state=RegistrationState.REPRESENTED)
    represents, given = fact.represented_registration_id, rows.seats[fact.represented_registration_id].invitation_id
    rows.add_seat(fact, state=RegistrationState.CONFIRMED, represents=represents, invitation_id=given)


def _withdrawn(rows: _Rows, fact: ParticipantWithdrawn) -> None:
    rows.change_seat(fact.registration_id, state=RegistrationState("declined" if fact.declines else "withdrawn"))
    rows.use_invitation(rows.seats[fact.registration_id].invitation_id, -1)


def _scanned(rows: _Rows, fact: ScanFact) -> None:
    rows.scans.add((fact.device, fact.nonce))
    if fact.registration_id:
        rows.seats[fact.registration_id] = seat_after_scan(rows.seats[fact.registration_id], fact)


def _drafted(rows: _Rows, fact: MeetingDrafted) -> None:
    rows.drafted = fact


def _changed(rows: _Rows, fact: Any) -> None:
    assert rows.drafted is not None
    names = type(fact).model_fields.keys() & MeetingDrafted.model_fields.keys()
    rows.drafted = rows.drafted.model_copy(update={name: getattr(fact, name) for name in names})


WRITERS: dict[type[Fact], Callable[[_Rows, Any], None]] = {
    MeetingDrafted: _drafted,
    **dict.fromkeys(DRAFT_FACTS, _changed),
    OrganisationInvited: _invited,
    **dict.fromkeys((InvitationExtended, InvitationRevoked), _invitation_changed),
    ParticipantRegistered: _registered,
    ParticipantRepresented: _represented,
    ParticipantPromoted: lambda rows, fact: rows.change_seat(fact.registration_id, state=RegistrationState.CONFIRMED),
    ParticipantWithdrawn: _withdrawn,
    ParticipantReinstated: _registered,
    InvitationDeclined: lambda rows, fact: rows.add_seat(fact, state=RegistrationState.DECLINED),
    TicketIssued: lambda rows, fact: rows.change_seat(fact.registration_id, ticket_serial=fact.serial),
    **dict.fromkeys(SCAN_FACTS, _scanned),
}
"""Kind of fact → what it changes beside the meeting's own row."""


def _with_link(rows: _Rows, command: RegisterParticipant | DeclineInvitation) -> dict[str, Any]:
    states = HOLDING if isinstance(command, DeclineInvitation) else (RegistrationState.DECLINED,)
    held = [seat for seat in rows.seats.values() if seat.person_id == command.person_id and seat.state in states]
    return {"invitation": rows.invitations.get(command.link_sha256 or ""), "seat": next(iter(held), None)}


def _with_draft(rows: _Rows, _: ChangeMeeting) -> dict[str, Any]:
    return {"drafted": rows.drafted, "queue": tuple(rows.seats[seat] for seat in rows.queue)}


def _of_body(rows: _Rows, command: InviteOrganisation) -> dict[str, Any]:
    valid = [one for one in rows.invitations.values() if not one.revoked]
    return {"invitation": next((one for one in valid if one.organisation == command.organisation), None)}


def _with_invitation(rows: _Rows, command: InvitationCommand) -> dict[str, Any]:
    known = (one for one in rows.invitations.values() if one.invitation_id == command.invitation_id)
    return {"invitation": next(known, None)}


def _with_seat(
    rows: _Rows, command: WithdrawParticipant | RepresentParticipant | IssueTicket | CheckIn
) -> dict[str, Any]:
    head = rows.seats[rows.queue[0]] if rows.queue else None
    return {"seat": rows.seats.get(command.registration_id) if command.registration_id else None, "head": head}


def _with_answer(rows: _Rows, command: AcceptAfterAll) -> dict[str, Any]:
    seat = rows.seats.get(command.registration_id)
    given = [one for one in rows.invitations.values() if seat and one.invitation_id == seat.invitation_id]
    return {"seat": seat, "invitation": given[0] if given else None}


def _with_scan(rows: _Rows, command: CheckIn) -> dict[str, Any]:
    return {"scan_known": (command.device, command.nonce) in rows.scans, **_with_seat(rows, command)}


LOADERS: dict[type[MeetingCommand], Callable[[_Rows, Any], dict[str, Any]]] = {
    **dict.fromkeys(DRAFT_COMMANDS, lambda rows, _: {"drafted": rows.drafted}),
    ChangeMeeting: _with_draft,
    InviteOrganisation: _of_body,
    **dict.fromkeys((ExtendInvitation, ResendInvitation, RevokeInvitation), _with_invitation),
    **dict.fromkeys((RegisterParticipant, DeclineInvitation), _with_link),
    **dict.fromkeys((RepresentParticipant, WithdrawParticipant, IssueTicket), _with_seat),
    AcceptAfterAll: _with_answer,
    CheckIn: _with_scan,
}
"""Kind of command → what it needs beside the meeting's own row."""


def _read(steps: Iterable[Step]) -> _Rows:
    rows = _Rows()
    for fact in _flat(steps):
        rows.add(fact)
    return rows


def _flat(steps: Iterable[Step]) -> Iterable[Fact]:
    for step in steps:
        yield from [step] if isinstance(step, Fact) else step
