"""Who is not to be let in, whatever his ticket says: the organiser blocks a registration, and takes that back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.desk.commands import BlockParticipant, UnblockParticipant
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.registration import Seat
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import ParticipantBlocked, ParticipantUnblocked
from shared.kernel import NotFound

_BEFORE_IT_IS_HELD: Final = (Phase.OPEN, Phase.IN_SESSION)


def block(meeting: Meeting, command: BlockParticipant) -> Sequence[Fact]:
    """Let somebody in no more; nothing where he is blocked already. He keeps his seat."""
    held = _registration(meeting, command)
    return [] if held.blocked else [ParticipantBlocked(**_told(meeting, held, command))]


def unblock(meeting: Meeting, command: UnblockParticipant) -> Sequence[Fact]:
    """Let somebody in again; nothing where he is not blocked."""
    held = _registration(meeting, command)
    return [ParticipantUnblocked(**_told(meeting, held, command))] if held.blocked else []


def _registration(meeting: Meeting, command: BlockParticipant | UnblockParticipant) -> Seat:
    check_organiser(meeting, command, *_BEFORE_IT_IS_HELD)
    if meeting.seat is None:
        raise NotFound
    return meeting.seat


def _told(meeting: Meeting, held: Seat, command: BlockParticipant | UnblockParticipant) -> dict[str, Any]:
    return {
        "meeting_id": meeting.meeting_id,
        "registration_id": held.registration_id,
        "person_id": held.person_id,
        "reason": command.reason,
        "decided_by": command.actor.subject,
    }


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    BlockParticipant: block,
    UnblockParticipant: unblock,
}
"""Kind of command → the rule that decides on it."""
