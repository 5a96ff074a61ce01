"""What is read and written of a session: times of its items, corrections by hand, people who are not let in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from services.registration.domain.item_time import MOST_EARLIER, ItemTime
from services.registration.domain.registration import Seat
from services.registration.domain.state import Members
from services.registration.store.waiting import seat_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.registration import (
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemUndone,
    AttendanceCorrected,
    MeetingDrafted,
    MeetingHeld,
    ParticipantBlocked,
    ParticipantUnblocked,
)
from shared.database import Connection

WHOLE_MEETING: Final = UUID(int=0)
"""Stands for all items in a correction of the whole meeting."""

_EARLIER: Final = TypeAdapter(ItemTime)

_DETAILS: Final = "SELECT details FROM meeting WHERE meeting_id = $1"
_TIMES: Final = "SELECT item_id, started_at, finished_at, earlier FROM agenda_time WHERE meeting_id = $1"
_SEAT: Final = f"""
SELECT {names_of(RegistrationRow)},
       EXISTS (SELECT FROM blocked_registration b WHERE b.registration_id = $2) AS blocked
FROM registration WHERE meeting_id = $1 AND registration_id = $2
"""  # noqa: S608 -- constant names
_SO_FAR: Final = f"""
CASE WHEN jsonb_array_length(agenda_time.earlier) < {MOST_EARLIER} THEN agenda_time.earlier
     ELSE agenda_time.earlier - 0 END
|| jsonb_build_array(jsonb_build_object(
     'started_at', agenda_time.started_at, 'finished_at', agenda_time.finished_at))
"""
_STARTED: Final = f"""
INSERT INTO agenda_time (meeting_id, item_id, started_at, recorded_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (meeting_id, item_id) DO UPDATE
SET started_at = least(agenda_time.started_at, excluded.started_at), finished_at = NULL,
    recorded_by = excluded.recorded_by, earlier = {_SO_FAR}
"""  # noqa: S608 -- constant names
_FINISHED: Final = f"""
UPDATE agenda_time SET finished_at = $3, recorded_by = $4, earlier = {_SO_FAR} WHERE (meeting_id, item_id) = ($1, $2)
"""  # noqa: S608 -- constant names
_UNDONE: Final = """
UPDATE agenda_time SET started_at = $3, finished_at = $4, recorded_by = $5, earlier = earlier - (-1)
WHERE (meeting_id, item_id) = ($1, $2)
"""
_NOT_BEGUN: Final = "DELETE FROM agenda_time WHERE (meeting_id, item_id) = ($1, $2)"
_CORRECTED: Final = """
INSERT INTO attendance_correction (meeting_id, registration_id, item_id, presence, reason, corrected_by, corrected_at)
VALUES ($1, $2, $3, $4, $5, $6, now())
ON CONFLICT (meeting_id, registration_id, item_id) DO UPDATE
SET presence = excluded.presence, reason = excluded.reason, corrected_by = excluded.corrected_by,
    corrected_at = excluded.corrected_at
"""
_BLOCKED: Final = """
INSERT INTO blocked_registration (registration_id, meeting_id, reason, decided_by, decided_at)
VALUES ($1, $2, $3, $4, now())
"""
_UNBLOCKED: Final = "DELETE FROM blocked_registration WHERE registration_id = $1"
_ENDED: Final = "UPDATE meeting SET ended_at = $2 WHERE meeting_id = $1"


async def with_session(connection: Connection, meeting_id: UUID, command: Any) -> Members:
    """As `LOADERS`: the agenda, the times of its items, and of a correction the registration."""
    times = await connection.fetch(_TIMES, meeting_id)
    known = {row["item_id"]: _item_time(row) for row in times}
    drafted = MeetingDrafted.model_validate(await connection.fetchval(_DETAILS, meeting_id))
    seat = await seat_or_blocked(connection, meeting_id, getattr(command, "registration_id", None))
    return {"drafted": drafted, "item_times": known, "seat": seat}


async def with_block(connection: Connection, meeting_id: UUID, command: Any) -> Members:
    """As `LOADERS`: the registration, and whether it is blocked."""
    return {"seat": await seat_or_blocked(connection, meeting_id, command.registration_id)}


async def seat_or_blocked(connection: Connection, meeting_id: UUID, registration_id: UUID | None) -> Seat | None:
    """The registration with whether it is blocked; None where there is none."""
    if registration_id is None:
        return None
    row: asyncpg.Record | None = await connection.fetchrow(_SEAT, meeting_id, registration_id)
    return seat_of(row, blocked=row["blocked"]) if row else None


async def _started(connection: Connection, fact: AgendaItemStarted) -> None:
    await connection.execute(_STARTED, fact.meeting_id, fact.item_id, fact.started_at, fact.recorded_by)


async def _finished(connection: Connection, fact: AgendaItemFinished) -> None:
    await connection.execute(_FINISHED, fact.meeting_id, fact.item_id, fact.finished_at, fact.recorded_by)


async def _undone(connection: Connection, fact: AgendaItemUndone) -> None:
    if fact.started_at is None:
        await connection.execute(_NOT_BEGUN, fact.meeting_id, fact.item_id)
    else:
        times = (fact.started_at, fact.finished_at, fact.recorded_by)
        await connection.execute(_UNDONE, fact.meeting_id, fact.item_id, *times)


def _item_time(row: asyncpg.Record) -> ItemTime:
    earlier = tuple(_EARLIER.validate_python(each) for each in row["earlier"])
    return ItemTime(started_at=row["started_at"], finished_at=row["finished_at"], earlier=earlier)


async def _corrected(connection: Connection, fact: AttendanceCorrected) -> None:
    about = (fact.meeting_id, fact.registration_id, fact.item_id or WHOLE_MEETING)
    await connection.execute(_CORRECTED, *about, fact.presence, fact.reason, fact.corrected_by)


async def _blocked(connection: Connection, fact: ParticipantBlocked) -> None:
    await connection.execute(_BLOCKED, fact.registration_id, fact.meeting_id, fact.reason, fact.decided_by)


async def _unblocked(connection: Connection, fact: ParticipantUnblocked) -> None:
    await connection.execute(_UNBLOCKED, fact.registration_id)


async def _held(connection: Connection, fact: MeetingHeld) -> None:
    await connection.execute(_ENDED, fact.meeting_id, fact.ended_at)


ATTENDANCE_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {
    AgendaItemStarted: _started,
    AgendaItemFinished: _finished,
    AgendaItemUndone: _undone,
    AttendanceCorrected: _corrected,
    ParticipantBlocked: _blocked,
    ParticipantUnblocked: _unblocked,
    MeetingHeld: _held,
}
"""As `WRITERS`."""
