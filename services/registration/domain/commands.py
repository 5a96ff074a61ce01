"""What can be asked of a meeting; identifiers and the clock reading arrive inside."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from shared.contracts.base import Bilingual
from shared.contracts.registration import AgendaItem, CheckInRefusal, Policy, WaitingList
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMeeting(Command):
    """Prepare a meeting; nobody is told."""

    meeting_id: UUID
    title: Bilingual
    purpose: str | None
    outcome: str | None
    venue: Bilingual
    starts_at: datetime
    ends_at: datetime
    organiser: str
    organiser_unit: Bilingual | None
    co_hosts: tuple[str, ...]
    co_host_contacts: tuple[UUID, ...]
    chair: UUID
    capacity: int
    policy: Policy
    waiting_list: WaitingList
    rank_floor: int | None
    tacit_consent: bool
    agenda: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCommand(Command):
    """A command to an existing meeting; `expected_version` is what the caller has seen (If-Match)."""

    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeeting(MeetingCommand):
    """Announce the meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleMeeting(MeetingCommand):
    """Change time or place."""

    starts_at: datetime
    ends_at: datetime
    venue: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting(MeetingCommand):
    """Call the meeting off."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMeeting(MeetingCommand):
    """The chair opens the session."""

    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeeting(MeetingCommand):
    """The session is over."""

    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMeeting(MeetingCommand):
    """Nothing more will be corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteOrganisation(MeetingCommand):
    """Invite a body with a number of seats; only the hash of its link is kept."""

    invitation_id: UUID
    organisation: str
    seats: int
    contact: UUID
    expires_at: datetime
    link_sha256: str
    sealed_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """Somebody answers: `link_sha256` of the link that was shown, the person is recorded already."""

    registration_id: UUID
    person_id: UUID
    organisation: str
    rank: int
    link_sha256: str | None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParticipant(Answer):
    """Take a seat, or a place in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineInvitation(Answer):
    """Say that one will not come."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentParticipant(Command):
    """Give one's seat to a representative; `code` proves that the seat is one's own (None: an organiser does it)."""

    registration_id: UUID
    code: str | None
    representative_id: UUID
    representative: UUID
    rank: int
    new_code: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawParticipant(Command):
    """Give up a seat or a place in the queue; `code` as above."""

    registration_id: UUID
    code: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTicket(Command):
    """The answer of the signing job; `sequence` is the schedule it has signed for."""

    registration_id: UUID
    serial: int
    sequence: int
    sealed_ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Command):
    """One scan at the door; the desk's adapter has read the ticket, `fault` says what was wrong with it."""

    registration_id: UUID | None
    serial: int | None
    fault: CheckInRefusal | None
    device: str
    nonce: str
    scanned_at: datetime
    offline: bool


Lifecycle: TypeAlias = OpenMeeting | RescheduleMeeting | CancelMeeting | StartMeeting | EndMeeting | CloseMeeting
Seats: TypeAlias = RegisterParticipant | DeclineInvitation | RepresentParticipant | WithdrawParticipant | IssueTicket
