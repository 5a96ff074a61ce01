"""Who did what and when in a meeting, or with one registration."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from shared.database import Connection
from shared.kernel import NotFound

_COLUMNS: Final = "entry_id, at, what, registration_id, acted_as, body, actor"
_OF_MEETING: Final = f"""
SELECT {_COLUMNS} FROM meeting_history WHERE meeting_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3
"""  # noqa: S608 -- constant names
_OF_REGISTRATION: Final = f"""
SELECT {_COLUMNS} FROM meeting_history WHERE registration_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3
"""  # noqa: S608 -- constant names
_REGISTERED: Final = "SELECT true FROM registration WHERE meeting_id = $1 AND registration_id = $2"


async def history_of_meeting(
    connection: Connection, meeting_id: UUID, *, after: int, limit: int
) -> Sequence[asyncpg.Record]:
    """The entries of a meeting after the entry `after`, the oldest first."""
    return await connection.fetch(_OF_MEETING, meeting_id, after, limit)


async def history_of_registration(
    connection: Connection, registration_id: UUID, *, after: int, limit: int
) -> Sequence[asyncpg.Record]:
    """The entries of one registration, as above."""
    return await connection.fetch(_OF_REGISTRATION, registration_id, after, limit)


async def check_registered(connection: Connection, meeting_id: UUID, registration_id: UUID) -> None:
    """Raise `NotFound` where the meeting has no such registration."""
    if not await connection.fetchval(_REGISTERED, meeting_id, registration_id):
        raise NotFound
