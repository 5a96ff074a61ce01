"""The life of a meeting once it is drafted: opened, rescheduled, cancelled, started, held, closed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.registration.domain.commands import (
    CancelMeeting,
    CloseMeeting,
    EndMeeting,
    MeetingCommand,
    OpenMeeting,
    OrganiserCommand,
    RescheduleMeeting,
    StartMeeting,
)
from services.registration.domain.moving import moved_invitations
from services.registration.domain.refusals import (
    InvalidSchedule,
    MomentAhead,
    WrongPhase,
)
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    MeetingCancelled,
    MeetingClosed,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
)
from shared.kernel import Command, NotFound, NotPermitted, Role, StaleVersion

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far ahead of ours the clock may be of whoever says when something has happened."""


def open_meeting(meeting: Meeting, command: OpenMeeting) -> Sequence[Fact]:
    """Announce a draft."""
    check_organiser(meeting, command, Phase.DRAFT)
    return [MeetingOpened(meeting_id=meeting.meeting_id)]


def reschedule(meeting: Meeting, command: RescheduleMeeting) -> Sequence[Fact]:
    """Change time or place of a meeting that has not begun; nothing where nothing changes.

    Until when invitations may be answered comes first, so that whoever tells of the move knows it.
    """
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN)
    if command.ends_at <= command.starts_at:
        raise InvalidSchedule(field="/ends_at")
    if (command.starts_at, command.ends_at, command.venue) == (meeting.starts_at, meeting.ends_at, meeting.venue):
        return []
    return [
        *moved_invitations(meeting, to=command.starts_at, at=command.at),
        MeetingRescheduled(
            meeting_id=meeting.meeting_id,
            old_starts_at=meeting.starts_at,
            old_ends_at=meeting.ends_at,
            old_venue=meeting.venue or command.venue,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            venue=command.venue,
            sequence=meeting.sequence + 1,
        ),
    ]


def cancel(meeting: Meeting, command: CancelMeeting) -> Sequence[Fact]:
    """Call a meeting off that is not over."""
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN, Phase.IN_SESSION)
    sequence = meeting.sequence + 1
    return [MeetingCancelled(meeting_id=meeting.meeting_id, reason=command.reason, sequence=sequence)]


def start(meeting: Meeting, command: StartMeeting) -> Sequence[Fact]:
    """Begin the session."""
    check_organiser(meeting, command, Phase.OPEN)
    check_past(command.started_at, command)
    return [MeetingStarted(meeting_id=meeting.meeting_id, started_at=command.started_at)]


def end(meeting: Meeting, command: EndMeeting) -> Sequence[Fact]:
    """End the session; it ends after it began."""
    check_organiser(meeting, command, Phase.IN_SESSION)
    check_past(command.ended_at, command)
    started_at = meeting.started_at or meeting.starts_at
    if command.ended_at <= started_at:
        raise InvalidSchedule(field="/at")
    return [MeetingHeld(meeting_id=meeting.meeting_id, started_at=started_at, ended_at=command.ended_at)]


def close(meeting: Meeting, command: CloseMeeting) -> Sequence[Fact]:
    """Nothing more is registered or corrected."""
    check_organiser(meeting, command, Phase.HELD)
    return [MeetingClosed(meeting_id=meeting.meeting_id)]


def check_organiser(meeting: Meeting, command: OrganiserCommand, *phases: Phase) -> None:
    """The organiser of the meeting's own body, the version that he has seen, one of the phases that allow it."""
    of_others = not command.actor.acts_for(meeting.organiser)
    if meeting.phase is Phase.ABSENT or (meeting.phase is Phase.DRAFT and of_others):
        raise NotFound  # as where it is read
    check_own_body(command, meeting.organiser)
    if command.expected_version is not None and meeting.version not in command.expected_version:
        raise StaleVersion(version=meeting.version)
    if meeting.phase not in phases:
        raise WrongPhase(phase=meeting.phase.value)


def check_past(moment: datetime, command: Command) -> None:
    """What is reported has happened; the clocks of two machines may differ by a few minutes."""
    if moment > command.at + CLOCK_TOLERANCE:
        raise MomentAhead(field="/at", now=command.at.isoformat())


def check_own_body(command: Command, organiser: str) -> None:
    """An organiser leads the meetings of his own body alone."""
    if Role.ORGANISER not in command.actor.roles or not command.actor.acts_for(organiser):
        raise NotPermitted(roles=[str(Role.ORGANISER)])


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    OpenMeeting: open_meeting,
    RescheduleMeeting: reschedule,
    CancelMeeting: cancel,
    StartMeeting: start,
    EndMeeting: end,
    CloseMeeting: close,
}
"""Kind of command → the rule that decides on it."""
