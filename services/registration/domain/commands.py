"""What can be asked of a meeting; identifiers and the clock reading arrive inside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.domain.proof.stranger import Stranger
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    Admission,
    AgendaItem,
    CheckInMethod,
    CheckInRefusal,
    OwnLink,
    Policy,
    WaitingList,
)
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCommand(Command):
    """A command to one meeting; which function decides on it is in `meeting.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganiserCommand(MeetingCommand):
    """A command of the organiser to an existing meeting; `expected_version` are those he has seen (If-Match)."""

    expected_version: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMeeting(MeetingCommand):
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
    admission: Admission = field(default_factory=Admission)
    previous_meeting_id: UUID | None = None
    series_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMeeting(OrganiserCommand):
    """Correct what was drafted, but for time and place; `changes` has the members of `MeetingDrafted` to be set.

    `admission` has those of its own members that are to be set.
    """

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceDraft(OrganiserCommand):
    """Make a draft what `draft` says, as if it were drafted now."""

    draft: DraftMeeting


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDraft(OrganiserCommand):
    """Delete a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHosts(OrganiserCommand):
    """Let somebody else chair or co-host; None leaves the one, the bodies or the contacts as they are."""

    chair: UUID | None = None
    co_hosts: tuple[str, ...] | None = None
    co_host_contacts: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeeting(OrganiserCommand):
    """Announce the meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleMeeting(OrganiserCommand):
    """Change time or place."""

    starts_at: datetime
    ends_at: datetime
    venue: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting(OrganiserCommand):
    """Call the meeting off."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMeeting(OrganiserCommand):
    """The chair opens the session."""

    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeeting(OrganiserCommand):
    """The session is over."""

    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMeeting(OrganiserCommand):
    """Nothing more will be corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParticipant(MeetingCommand):
    """Take a seat, or a place in the queue; `link_sha256` is the hash of the link that was shown.

    For whom a `stranger` registers nobody has answered yet, unless he has shown a link; then he can confirm it by the
    code in `sealed_confirm_code`.
    """

    registration_id: UUID
    person_id: UUID
    organisation: str
    rank: int
    link_sha256: str | None
    code: str
    own_link: OwnLink | None = None
    group_id: UUID | None = None
    answers: Mapping[str, Any] | None = None
    stranger: Stranger | None = None
    sealed_confirm_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineInvitation(MeetingCommand):
    """Say that one will not come; the person is recorded already."""

    registration_id: UUID
    person_id: UUID
    organisation: str
    link_sha256: str
    reason: str
    code: str
    own_link: OwnLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentParticipant(MeetingCommand):
    """Give one's seat to a representative; `code` proves that the seat is one's own."""

    registration_id: UUID
    code: str
    representative_id: UUID
    representative: UUID
    rank: int
    new_code: str
    reason: str | None
    own_link: OwnLink | None = None
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawParticipant(MeetingCommand):
    """Give up a seat or a place in the queue; `code` as above, `declines` where the answer to an invitation is no."""

    registration_id: UUID
    code: str
    reason: str | None
    declines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAfterAll(MeetingCommand):
    """Take part although one has declined or withdrawn; `code` proves that the answer was one's own.

    `allowed` as in `Stranger`.
    """

    registration_id: UUID
    code: str
    allowed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTicket(MeetingCommand):
    """The answer of the signing job; `sequence` is the schedule it has signed for, `key_id` the key it has used."""

    registration_id: UUID
    serial: int
    sequence: int
    sealed_ticket: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(MeetingCommand):
    """One scan of a desk; the ticket has been read already, `fault` says what was wrong with it.

    `scanned_at` and `sent_at` are readings of the device's clock, at the scan and when it was sent; `turned_away` is
    why a desk without a network let nobody in; `leaving` is a scan at the exit.
    """

    registration_id: UUID | None
    serial: int | None
    fault: CheckInRefusal | None
    device: str
    nonce: str
    scanned_at: datetime
    offline: bool
    sent_at: datetime | None = None
    turned_away: CheckInRefusal | None = None
    leaving: bool = False
    method: CheckInMethod | None = None
