"""What minutes stores of a session: steps of its agenda, who came and went, what was corrected by hand.

Each fact adds a row or changes none: told again, late or in another order, the rows are the same.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.minutes.domain.session import WHOLE_MEETING, Step
from shared.contracts import Fact
from shared.contracts.registration import (
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemUndone,
    AttendanceCorrected,
    CheckInRefused,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantReturned,
)
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

_STEP: Final = """
INSERT INTO agenda_step (meeting_id, item_id, sequence, step, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_MOVEMENT: Final = """
INSERT INTO movement (meeting_id, registration_id, moved_at, leaving) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_CORRECTION: Final = """
INSERT INTO attendance_correction AS known (meeting_id, registration_id, item_id, sequence, presence)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (meeting_id, registration_id, item_id) DO UPDATE
SET sequence = excluded.sequence, presence = excluded.presence WHERE known.sequence < excluded.sequence
"""

_Values = tuple[object, ...]


async def project_session(connection: Connection, events: Sequence[Envelope]) -> None:
    """Store what these events say of sessions, with one statement for each kind; all others are ignored."""
    rows: dict[str, list[_Values]] = defaultdict(list)
    for event in events:
        if event.data is not None and type(event.data) in _ROWS:
            statement, values_of = _ROWS[type(event.data)]
            if values := values_of(event.data, event):
                rows[statement].append(values)
    for statement, values_of_all in rows.items():
        await connection.executemany(statement, values_of_all)


def _started(fact: AgendaItemStarted, event: Envelope) -> _Values:
    return fact.meeting_id, fact.item_id, event.sequence or 0, Step.STARTED, fact.started_at


def _finished(fact: AgendaItemFinished, event: Envelope) -> _Values:
    return fact.meeting_id, fact.item_id, event.sequence or 0, Step.FINISHED, fact.finished_at


def _undone(fact: AgendaItemUndone, event: Envelope) -> _Values:
    return fact.meeting_id, fact.item_id, event.sequence or 0, Step.UNDONE, event.time


def _came(fact: ParticipantCheckedIn, _event: Envelope) -> _Values:
    return _moved(fact.meeting_id, fact.registration_id, fact.came_at or fact.scanned_at)


def _left(fact: ParticipantLeft, _event: Envelope) -> _Values:
    return _moved(fact.meeting_id, fact.registration_id, fact.moved_at, leaving=True)


def _returned(fact: ParticipantReturned, _event: Envelope) -> _Values:
    return _moved(fact.meeting_id, fact.registration_id, fact.moved_at)


def _refused(fact: CheckInRefused, _event: Envelope) -> _Values | None:
    """Two desks without a network have let in the same person: the second scan is refused, and he is in."""
    let_in = fact.reason == "already-in" and fact.offline and not fact.turned_away
    if not let_in or fact.registration_id is None:
        return None
    return _moved(fact.meeting_id, fact.registration_id, fact.came_at or fact.scanned_at)


def _moved(meeting_id: UUID, registration_id: UUID, at: datetime, *, leaving: bool = False) -> _Values:
    return meeting_id, registration_id, at, leaving


def _corrected(fact: AttendanceCorrected, event: Envelope) -> _Values:
    return fact.meeting_id, fact.registration_id, fact.item_id or WHOLE_MEETING, event.sequence or 0, fact.presence


_ROWS: Final[Mapping[type[Fact], tuple[str, Callable[[Any, Envelope], _Values | None]]]] = {
    AgendaItemStarted: (_STEP, _started),
    AgendaItemFinished: (_STEP, _finished),
    AgendaItemUndone: (_STEP, _undone),
    ParticipantCheckedIn: (_MOVEMENT, _came),
    ParticipantLeft: (_MOVEMENT, _left),
    ParticipantReturned: (_MOVEMENT, _returned),
    CheckInRefused: (_MOVEMENT, _refused),
    AttendanceCorrected: (_CORRECTION, _corrected),
}
