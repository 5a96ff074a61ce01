"""The session item by item: when each was treated, and who was there by hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.registration.domain.agenda import identified, number_key
from services.registration.domain.commands import MeetingCommand
from services.registration.domain.desk.commands import (
    CorrectAttendance,
    FinishAgendaItem,
    StartAgendaItem,
    UndoAgendaItem,
)
from services.registration.domain.desk.refusals import (
    AnotherItemRunning,
    ItemNotRunning,
    MomentOutsideSession,
    NothingToUndo,
    PresentByItem,
)
from services.registration.domain.lifecycle import check_past
from services.registration.domain.refusals import AgendaItemUnknown, WrongPhase
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    AgendaItem,
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemUndone,
    AttendanceCorrected,
)
from shared.kernel import NotFound, NotPermitted, Role

SECRETARIES: Final = (Role.ORGANISER, Role.SECRETARY, Role.CHAIR)
"""Who says of a session of his own body when an item begins and ends."""
CORRECTORS: Final = (*SECRETARIES, Role.DESK)
_DURING_AND_AFTER: Final = (Phase.IN_SESSION, Phase.HELD)


def start_item(meeting: Meeting, command: StartAgendaItem) -> Sequence[Fact]:
    """Begin an item, or return to it; what is treated then and neither contains it nor is a part of it is done.

    Items may be treated in any order, and left out. Nothing where it is treated already.
    """
    _check_staff(meeting, command, SECRETARIES)
    item = _item(meeting, command.item_id)
    _check_moment(meeting, command, command.started_at)
    if _running(meeting, command.item_id):
        return []
    others = [one for one in _running_items(meeting) if not _related(one, item)]
    finished = [_finished(meeting, command, one, command.started_at) for one in others]
    started = AgendaItemStarted(
        meeting_id=meeting.meeting_id,
        item_id=command.item_id,
        number=item.number,
        started_at=command.started_at,
        recorded_by=command.actor.subject,
    )
    return [*finished, started]


def finish_item(meeting: Meeting, command: FinishAgendaItem) -> Sequence[Fact]:
    """End an item, with its parts that are treated."""
    _check_staff(meeting, command, SECRETARIES)
    item = _item(meeting, command.item_id)
    _check_moment(meeting, command, command.finished_at)
    if not _running(meeting, command.item_id):
        raise ItemNotRunning
    parts = [one for one in _running_items(meeting) if _contains(item, one)]
    return [_finished(meeting, command, one, command.finished_at) for one in parts]


def undo(meeting: Meeting, command: UndoAgendaItem) -> Sequence[Fact]:
    """Take back the start or the end of an item that was recorded by mistake; nothing else is taken back with it."""
    _check_staff(meeting, command, SECRETARIES)
    item = _item(meeting, command.item_id)
    known = meeting.item_times.get(command.item_id)
    last = None if known is None else "finish" if known.finished_at else "start"
    if known is None or last != command.step:
        raise NothingToUndo(last=last)
    before = known.undone()
    if before and not before.finished_at:
        _check_alone(meeting, item)
    return [
        AgendaItemUndone(
            meeting_id=meeting.meeting_id,
            item_id=command.item_id,
            number=item.number,
            undone=command.step,
            started_at=before.started_at if before else None,
            finished_at=before.finished_at if before else None,
            reason=command.reason,
            recorded_by=command.actor.subject,
        )
    ]


def correct(meeting: Meeting, command: CorrectAttendance) -> Sequence[Fact]:
    """Say who was there at an item, or why somebody did not come at all."""
    _check_staff(meeting, command, CORRECTORS)
    if meeting.seat is None:
        raise NotFound
    if command.item_id is not None:
        _item(meeting, command.item_id)
    elif meeting.seat.checked_in or command.presence not in ("absent", "excused"):
        raise PresentByItem(field="/presence")
    return [
        AttendanceCorrected(
            meeting_id=meeting.meeting_id,
            registration_id=meeting.seat.registration_id,
            person_id=meeting.seat.person_id,
            item_id=command.item_id,
            presence=command.presence,
            reason=command.reason,
            corrected_by=command.actor.subject,
        )
    ]


def _check_staff(meeting: Meeting, command: MeetingCommand, roles: Sequence[Role]) -> None:
    """Somebody of the organiser's body with one of these roles, during the session or after it."""
    of_others = not command.actor.acts_for(meeting.organiser)
    if meeting.phase is Phase.ABSENT or (meeting.phase is Phase.DRAFT and of_others):
        raise NotFound
    if of_others or command.actor.roles.isdisjoint(roles):
        raise NotPermitted(roles=sorted(map(str, roles)))
    if meeting.phase not in _DURING_AND_AFTER:
        raise WrongPhase(phase=meeting.phase.value)


def _check_moment(meeting: Meeting, command: MeetingCommand, at: datetime) -> None:
    """Not ahead of our clock, not before the session, and not before what is known to be treated has begun."""
    check_past(at, command)
    running = (meeting.item_times[one.item_id].started_at for one in _running_items(meeting) if one.item_id)
    earliest = max((meeting.started_at or meeting.starts_at, *running))
    if at < earliest or (meeting.ended_at is not None and at > meeting.ended_at):
        raise MomentOutsideSession(field="/at", earliest=earliest.isoformat())


def _items(meeting: Meeting) -> Iterator[AgendaItem]:
    return identified(meeting.meeting_id, meeting.drafted.agenda if meeting.drafted else ())


def _item(meeting: Meeting, item_id: UUID) -> AgendaItem:
    for item in _items(meeting):
        if item.item_id == item_id:
            return item
    raise AgendaItemUnknown


def _check_alone(meeting: Meeting, item: AgendaItem) -> None:
    """Nothing is treated that is neither a part of the item nor contains it."""
    other = next((one for one in _running_items(meeting) if not _related(one, item)), None)
    if other is not None:
        raise AnotherItemRunning(number=other.number)


def _running(meeting: Meeting, item_id: UUID | None) -> bool:
    known = meeting.item_times.get(item_id) if item_id else None
    return known is not None and known.finished_at is None


def _running_items(meeting: Meeting) -> list[AgendaItem]:
    return [item for item in _items(meeting) if _running(meeting, item.item_id)]


def _contains(item: AgendaItem, other: AgendaItem) -> bool:
    """Whether `other` is `item` or a part of it."""
    number = number_key(item)
    return number_key(other)[: len(number)] == number


def _related(one: AgendaItem, other: AgendaItem) -> bool:
    return _contains(one, other) or _contains(other, one)


def _finished(meeting: Meeting, command: MeetingCommand, item: AgendaItem, at: datetime) -> AgendaItemFinished:
    if item.item_id is None:
        raise AgendaItemUnknown
    return AgendaItemFinished(
        meeting_id=meeting.meeting_id,
        item_id=item.item_id,
        number=item.number,
        finished_at=at,
        recorded_by=command.actor.subject,
    )


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    StartAgendaItem: start_item,
    FinishAgendaItem: finish_item,
    UndoAgendaItem: undo,
    CorrectAttendance: correct,
}
"""Kind of command → the rule that decides on it."""
