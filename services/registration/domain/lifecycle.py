"""The life of a meeting: drafted, opened, moved, cancelled, started, held, closed; and whom it invites."""

from collections.abc import Sequence
from typing import assert_never

from services.registration.domain.commands import (
    CancelMeeting,
    CloseMeeting,
    DraftMeeting,
    EndMeeting,
    InviteOrganisation,
    Lifecycle,
    MeetingCommand,
    OpenMeeting,
    RescheduleMeeting,
    StartMeeting,
)
from services.registration.domain.refusals import (
    AlreadyExists,
    AlreadyInvited,
    InvalidSchedule,
    OrganisationUnknown,
    WrongPhase,
)
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    MeetingCancelled,
    MeetingClosed,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
)
from shared.kernel import Command, LimitReached, NotFound, NotPermitted, Role, StaleVersion

INVITATIONS = 1_000  # of one meeting
NOT_BEGUN = (Phase.DRAFT, Phase.OPEN)
ALIVE = (Phase.DRAFT, Phase.OPEN, Phase.IN_SESSION)


def draft(meeting: Meeting, command: DraftMeeting) -> Sequence[Fact]:
    """A new meeting, of the organiser's own body."""
    if meeting.phase is not Phase.ABSENT:
        raise AlreadyExists
    _own_body(command, command.organiser)
    if command.ends_at <= command.starts_at:
        raise InvalidSchedule(field="/ends_at")
    members = {name: getattr(command, name) for name in MeetingDrafted.model_fields if hasattr(command, name)}
    return [MeetingDrafted(**members)]


def lead(meeting: Meeting, command: Lifecycle) -> Sequence[Fact]:
    """A step in the life of an existing meeting."""
    check_organiser(meeting, command)
    match command:
        case OpenMeeting():
            _phase(meeting, Phase.DRAFT)
            return [MeetingOpened(meeting_id=meeting.meeting_id)]
        case RescheduleMeeting():
            return _reschedule(meeting, command)
        case CancelMeeting():
            _phase(meeting, *ALIVE)
            sequence = meeting.sequence + 1
            return [MeetingCancelled(meeting_id=meeting.meeting_id, reason=command.reason, sequence=sequence)]
        case StartMeeting():
            _phase(meeting, Phase.OPEN)
            return [MeetingStarted(meeting_id=meeting.meeting_id, started_at=command.started_at)]
        case EndMeeting():
            return _end(meeting, command)
        case CloseMeeting():
            _phase(meeting, Phase.HELD)
            return [MeetingClosed(meeting_id=meeting.meeting_id)]
        case _:
            assert_never(command)


def invite(meeting: Meeting, command: InviteOrganisation) -> Sequence[Fact]:
    """Invite a body once; a draft invites nobody."""
    check_organiser(meeting, command)
    _phase(meeting, Phase.OPEN)
    if not meeting.organisation_known:
        raise OrganisationUnknown(field="/organisation")
    if meeting.invitation is not None:
        raise AlreadyInvited(field="/organisation")
    if meeting.invitations >= INVITATIONS:
        raise LimitReached(what="invitations", limit=INVITATIONS)
    members = {name: getattr(command, name) for name in OrganisationInvited.model_fields if hasattr(command, name)}
    return [OrganisationInvited(meeting_id=meeting.meeting_id, **members)]


def _reschedule(meeting: Meeting, command: RescheduleMeeting) -> Sequence[Fact]:
    _phase(meeting, *NOT_BEGUN)
    if command.ends_at <= command.starts_at:
        raise InvalidSchedule(field="/ends_at")
    if (command.starts_at, command.ends_at, command.venue) == (meeting.starts_at, meeting.ends_at, meeting.venue):
        return []
    return [
        MeetingRescheduled(
            meeting_id=meeting.meeting_id,
            old_starts_at=meeting.starts_at,
            old_ends_at=meeting.ends_at,
            old_venue=meeting.venue or command.venue,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            venue=command.venue,
            sequence=meeting.sequence + 1,
        )
    ]


def _end(meeting: Meeting, command: EndMeeting) -> Sequence[Fact]:
    _phase(meeting, Phase.IN_SESSION)
    started_at = meeting.started_at or meeting.starts_at
    if command.ended_at <= started_at:
        raise InvalidSchedule(field="/at")
    return [MeetingHeld(meeting_id=meeting.meeting_id, started_at=started_at, ended_at=command.ended_at)]


def check_organiser(meeting: Meeting, command: MeetingCommand) -> None:
    """The organiser of the meeting's own body, and the version he has seen."""
    if meeting.phase is Phase.ABSENT:
        raise NotFound
    _own_body(command, meeting.organiser)
    if command.expected_version not in (None, meeting.version):
        raise StaleVersion(version=meeting.version)


def _own_body(command: Command, organiser: str) -> None:
    if Role.ORGANISER not in command.actor.roles or command.actor.organisation != organiser:
        raise NotPermitted


def _phase(meeting: Meeting, *allowed: Phase) -> None:
    if meeting.phase not in allowed:
        raise WrongPhase(phase=meeting.phase.value)
