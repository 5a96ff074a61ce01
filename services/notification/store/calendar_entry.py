"""What calendars hold: the last calendar message of a meeting to each address."""

from uuid import UUID

from services.notification.domain.calendar_entry import CalendarState, next_state
from services.notification.domain.order import CalendarMethod
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


async def follow_entry(
    connection: Connection, address: str, meeting_id: UUID, *, method: CalendarMethod, revision: int, message: UUID
) -> CalendarState | None:
    """What `message` is to say to the calendar of `address`, written down before it is sent; `None`: nothing."""
    row = await connection.fetchrow(_LAST, address, meeting_id)
    last = CalendarState(**dict(row)) if row else None
    state = next_state(last, method=method, revision=revision, message=message)
    if state is not None and state != last:
        values = (state.method, state.sequence, state.revision, state.message)
        await connection.execute(_KEEP, address, meeting_id, *values)
    return state
