"""What calendars hold: the last calendar message of a meeting to each address."""

from uuid import UUID

from services.notification.domain.calendar_entry import CalendarState
from shared.database import Connection

_LAST = """
SELECT method, sequence, revision, message FROM calendar_entry WHERE address = lower($1) AND meeting_id = $2 FOR UPDATE
"""
_KEEP = """
INSERT INTO calendar_entry (address, meeting_id, method, sequence, revision, message)
VALUES (lower($1), $2, $3, $4, $5, $6)
ON CONFLICT (address, meeting_id) DO UPDATE SET method = excluded.method, sequence = excluded.sequence,
  revision = excluded.revision, message = excluded.message
"""

_EXPECTED = """
SELECT EXISTS (SELECT FROM host JOIN person USING (person_id) WHERE meeting_id = $2 AND lower(email) = lower($1))
    OR EXISTS (SELECT FROM registration JOIN person USING (person_id)
               WHERE meeting_id = $2 AND lower(email) = lower($1) AND state = 'confirmed')
"""


async def is_expected(connection: Connection, address: str, meeting_id: UUID) -> bool:
    """Whether somebody with this address holds the meeting, answers for a body or has a seat, as far as is known now.

    His calendar keeps the meeting, whatever else he no longer is to it.
    """
    expected: bool = await connection.fetchval(_EXPECTED, address, meeting_id)
    return expected


async def load_entry(connection: Connection, address: str, meeting_id: UUID) -> CalendarState | None:
    """What the calendar of `address` was last told of the meeting, locked; `None`: nothing."""
    row = await connection.fetchrow(_LAST, address, meeting_id)
    return CalendarState(**dict(row)) if row else None


async def save_entry(connection: Connection, address: str, meeting_id: UUID, state: CalendarState) -> None:
    """Write down what the calendar of `address` is about to be told."""
    values = (state.method, state.sequence, state.revision, state.message)
    await connection.execute(_KEEP, address, meeting_id, *values)
