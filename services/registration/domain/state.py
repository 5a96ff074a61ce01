"""What a meeting is decided on, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias
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
Changes: TypeAlias = dict[str, Any]
"""Members of a `Meeting` and what they become."""

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
    declined: int = 0


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
    invitations: int = 0
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
    changes = _seated(meeting, fact) if isinstance(fact, _ABOUT_SEATS) else _moved(fact)
    return replace(meeting, version=meeting.version + 1, **changes)


def _seated(meeting: Meeting, fact: Fact) -> Changes:
    match fact:
        case ParticipantRegistered(state="confirmed"):
            return {"confirmed": meeting.confirmed + 1}
        case ParticipantRegistered():
            return {"waitlisted": meeting.waitlisted + 1, "queue_last": fact.position or meeting.queue_last}
        case ParticipantPromoted():
            return {"confirmed": meeting.confirmed + 1, "waitlisted": meeting.waitlisted - 1}
        case ParticipantWithdrawn(was="confirmed"):
            return {"confirmed": meeting.confirmed - 1}
        case _:
            return {"waitlisted": meeting.waitlisted - 1}


def _moved(fact: Fact) -> Changes:
    match fact:
        case MeetingDrafted():
            told = ("organiser", "policy", "waiting_list", "capacity", "rank_floor", "venue", "starts_at", "ends_at")
            return {"phase": Phase.DRAFT} | {name: getattr(fact, name) for name in told}
        case MeetingRescheduled():
            return {name: getattr(fact, name) for name in ("starts_at", "ends_at", "venue", "sequence")}
        case MeetingStarted():
            return {"phase": Phase.IN_SESSION, "started_at": fact.started_at}
        case MeetingCancelled():
            return {"phase": Phase.CANCELLED, "sequence": fact.sequence}
        case MeetingOpened() | MeetingHeld() | MeetingClosed():
            return {"phase": _PHASES[type(fact)]}
        case _:  # invitations, representatives, tickets and scans change rows of their own, not the meeting's
            return {}


_ABOUT_SEATS: Final = (ParticipantRegistered, ParticipantPromoted, ParticipantWithdrawn)
_PHASES: Final[Mapping[type[Fact], Phase]] = {
    MeetingOpened: Phase.OPEN,
    MeetingHeld: Phase.HELD,
    MeetingClosed: Phase.CLOSED,
}
