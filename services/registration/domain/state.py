"""What a meeting is decided on, and how each fact changes it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    MeetingCancelled,
    MeetingClosed,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantWithdrawn,
    Policy,
    WaitingList,
)

DOORS_OPEN_BEFORE = timedelta(hours=3)
UNSET = datetime(1970, 1, 1, tzinfo=UTC)  # of a meeting that is not drafted yet


class Phase(StrEnum):
    """draft → open → in-session → held → closed; cancelled from the first three."""

    ABSENT = "absent"
    DRAFT = "draft"
    OPEN = "open"
    IN_SESSION = "in-session"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The invitation that a command refers to."""

    invitation_id: UUID
    organisation: str
    seats: int
    used: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The registration that a command refers to, or the head of the queue."""

    registration_id: UUID
    person_id: UUID
    organisation: str
    rank: int
    state: str
    code: str
    position: int | None = None
    invitation_id: UUID | None = None
    represents: UUID | None = None
    ticket_serial: int = 0
    checked_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting as one command sees it: its own row, and of the rest only what the command needs.

    Sets are not here: that a person has one seat is PostgreSQL's to keep, `store.py` turns its no into a Refusal.
    """

    meeting_id: UUID
    version: int = 0
    phase: Phase = Phase.ABSENT
    organiser: str = ""
    policy: Policy = "open"
    waiting_list: WaitingList = "automatic"
    capacity: int = 0
    rank_floor: int | None = None
    venue: Bilingual | None = None
    starts_at: datetime = UNSET
    ends_at: datetime = UNSET
    started_at: datetime | None = None
    sequence: int = 0
    confirmed: int = 0
    waitlisted: int = 0
    queue_last: int = 0
    invitation: Invitation | None = None
    organisation_known: bool = True
    seat: Seat | None = None
    head: Seat | None = None
    scan_known: bool = False

    @property
    def doors_open_at(self) -> datetime:
        """Before it, a scan is too early."""
        return self.starts_at - DOORS_OPEN_BEFORE

    @property
    def queues(self) -> bool:
        """Whether people wait for a seat: not in a meeting by invitation, whose seats belong to the invited."""
        return self.waiting_list == "automatic" and self.policy == "open"


def evolve(meeting: Meeting, fact: Fact) -> Meeting:
    """The meeting after `fact`."""
    return replace(_folded(meeting, fact), version=meeting.version + 1)


def _folded(meeting: Meeting, fact: Fact) -> Meeting:
    match fact:
        case MeetingDrafted():
            return _drafted(meeting, fact)
        case MeetingRescheduled():
            return replace(
                meeting, starts_at=fact.starts_at, ends_at=fact.ends_at, venue=fact.venue, sequence=fact.sequence
            )
        case MeetingOpened() | MeetingCancelled() | MeetingStarted() | MeetingHeld() | MeetingClosed():
            return _moved(meeting, fact)
        case _:
            return _seated(meeting, fact)


def _drafted(meeting: Meeting, fact: MeetingDrafted) -> Meeting:
    return replace(
        meeting,
        phase=Phase.DRAFT,
        organiser=fact.organiser,
        policy=fact.policy,
        waiting_list=fact.waiting_list,
        capacity=fact.capacity,
        rank_floor=fact.rank_floor,
        venue=fact.venue,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
    )


def _moved(meeting: Meeting, fact: Fact) -> Meeting:
    match fact:
        case MeetingStarted():
            return replace(meeting, phase=Phase.IN_SESSION, started_at=fact.started_at)
        case MeetingCancelled():
            return replace(meeting, phase=Phase.CANCELLED, sequence=fact.sequence)
        case MeetingHeld():
            return replace(meeting, phase=Phase.HELD)
        case MeetingClosed():
            return replace(meeting, phase=Phase.CLOSED)
        case _:
            return replace(meeting, phase=Phase.OPEN)


def _seated(meeting: Meeting, fact: Fact) -> Meeting:
    match fact:
        case ParticipantRegistered(state="confirmed"):
            return replace(meeting, confirmed=meeting.confirmed + 1)
        case ParticipantRegistered():
            return replace(meeting, waitlisted=meeting.waitlisted + 1, queue_last=fact.position or meeting.queue_last)
        case ParticipantPromoted():
            return replace(meeting, confirmed=meeting.confirmed + 1, waitlisted=meeting.waitlisted - 1)
        case ParticipantWithdrawn(was="confirmed"):
            return replace(meeting, confirmed=meeting.confirmed - 1)
        case ParticipantWithdrawn():
            return replace(meeting, waitlisted=meeting.waitlisted - 1)
        case _:  # invitations, representatives, tickets and scans change rows of their own, not the meeting's
            return meeting
