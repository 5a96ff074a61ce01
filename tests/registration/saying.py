"""The language of the domain: `after(opened(seats=1), registered(KEO), command=register(NOY)) == refuses(MeetingFull)`.

A step is one fact or several, as they happened; a command is decided on what the store would have loaded for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from services.registration.domain.commands import (
    Answer,
    CheckIn,
    DeclineInvitation,
    InviteOrganisation,
    IssueTicket,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.meeting import Meeting, MeetingCommands, decide, evolve, plan
from services.registration.domain.state import Invitation, Seat
from shared.contracts import Fact
from shared.contracts.registration import (
    OrganisationInvited,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    ParticipantWithdrawn,
    TicketIssued,
)
from shared.kernel import Actor, Job, Refusal, Role

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


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused: which rule, which member, what is told beside."""

    kind: type[Refusal]
    field: str | None
    details: Mapping[str, Any]


def refuses(kind: type[Refusal], *, at: str | None = None, **details: Any) -> Refused:
    """`at` is the JSON pointer of the offending member."""
    return Refused(kind, at, details)


def after(*steps: Step, command: MeetingCommands, unknown_body: bool = False) -> Sequence[Fact] | Refused:
    """The facts that follow from `command`, or its refusal."""
    book = _read(steps)
    try:
        return list(decide(replace(book.meeting, organisation_known=not unknown_body, **book.page(command)), command))
    except Refusal as refusal:
        return Refused(type(refusal), refusal.field, refusal.details)


def meeting_after(*steps: Step) -> Meeting:
    """The meeting's own state."""
    return _read(steps).meeting


def jobs_after(*steps: Step) -> Sequence[Job]:
    """What the last fact leaves to do outside."""
    facts = list(_flat(steps))
    return plan(meeting_after(*facts), facts[-1])


@dataclass(slots=True)
class _Book:
    """What the rows would hold after some facts."""

    meeting: Meeting = field(default_factory=lambda: Meeting(meeting_id=MEETING))
    invitations: dict[str, Invitation] = field(default_factory=dict)
    seats: dict[UUID, Seat] = field(default_factory=dict)
    scans: set[tuple[str, str]] = field(default_factory=set)

    def enter(self, fact: Fact) -> None:
        self.meeting = evolve(self.meeting, fact)
        match fact:
            case OrganisationInvited():
                self.invitations[fact.link_sha256] = Invitation(
                    invitation_id=fact.invitation_id,
                    organisation=fact.organisation,
                    seats=fact.seats,
                    used=0,
                    expires_at=fact.expires_at,
                )
            case ParticipantRegistered():
                self._sit(fact, state=fact.state, position=fact.position)
                self._use(fact.invitation_id)
            case ParticipantRepresented():
                self._change(fact.represented_registration_id, state="represented")
                self._sit(fact, state="confirmed", represents=fact.represented_registration_id)
            case ParticipantPromoted():
                self._change(fact.registration_id, state="confirmed", position=None)
            case ParticipantWithdrawn():
                self._change(fact.registration_id, state="withdrawn", position=None)
            case TicketIssued():
                self._change(fact.registration_id, ticket_serial=fact.serial)
            case ParticipantCheckedIn():
                self._change(fact.registration_id, checked_in=True)
                self.scans.add((fact.device, fact.nonce))

    def page(self, command: MeetingCommands) -> dict[str, Any]:
        match command:
            case DeclineInvitation():
                held = [seat for seat in self.seats.values() if seat.person_id == command.person_id]
                return {"invitation": self.invitations.get(command.link_sha256 or ""), "seat": next(iter(held), None)}
            case Answer():
                return {"invitation": self.invitations.get(command.link_sha256 or "")}
            case InviteOrganisation():
                invited = [one for one in self.invitations.values() if one.organisation == command.organisation]
                return {"invitation": next(iter(invited), None)}
            case WithdrawParticipant() | RepresentParticipant() | IssueTicket():
                return {"seat": self.seats.get(command.registration_id), "head": self._head()}
            case CheckIn():
                known = (command.device, command.nonce) in self.scans
                seat = self.seats.get(command.registration_id) if command.registration_id else None
                return {"seat": seat, "scan_known": known}
        return {}

    def _head(self) -> Seat | None:
        queue = [seat for seat in self.seats.values() if seat.state == "waitlisted"]
        return min(queue, key=lambda seat: seat.position or 0, default=None)

    def _sit(self, fact: ParticipantRegistered | ParticipantRepresented, **members: Any) -> None:
        names = ("registration_id", "person_id", "organisation", "rank", "code")
        told = {name: getattr(fact, name) for name in names}
        self.seats[fact.registration_id] = Seat(**told, **members)

    def _change(self, seat: UUID, **members: Any) -> None:
        self.seats[seat] = replace(self.seats[seat], **members)

    def _use(self, invitation: UUID | None) -> None:
        for link, one in self.invitations.items():
            if one.invitation_id == invitation:
                self.invitations[link] = replace(one, used=one.used + 1)


def _read(steps: Iterable[Step]) -> _Book:
    book = _Book()
    for fact in _flat(steps):
        book.enter(fact)
    return book


def _flat(steps: Iterable[Step]) -> Iterable[Fact]:
    for step in steps:
        yield from [step] if isinstance(step, Fact) else step
