"""Which answers have been kept for as long as their fields say, and their erasure."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.store.form.answers import erase_answers
from shared.database import Connection

AT_ONCE: Final = 50  # meetings
# The figures tell which fields have answers, without a look at the answers.
_DUE: Final = """
SELECT m.meeting_id, array_agg(DISTINCT g.field) AS fields
FROM form_figure g JOIN meeting m USING (meeting_id)
JOIN meeting_form f ON (f.meeting_id, f.version) = (m.meeting_id, m.form_version)
CROSS JOIN LATERAL jsonb_array_elements(f.fields) AS asked(field)
WHERE g.value = '' AND g.people > 0 AND asked.field->>'name' = g.field
  AND m.ends_at + make_interval(days => (asked.field->>'retention_days')::int) < now()
GROUP BY m.meeting_id LIMIT $1
"""
_LOCK: Final = "SELECT meeting_id FROM meeting WHERE meeting_id = $1 FOR UPDATE"
_NO_FIGURES: Final = "DELETE FROM form_figure WHERE meeting_id = $1 AND people = 0"


async def answers_due(connection: Connection) -> Sequence[asyncpg.Record]:
    """Meetings with `fields` whose answers are to be erased, some at a time."""
    return await connection.fetch(_DUE, AT_ONCE)


async def erase_due(connection: Connection, meeting_id: UUID, fields: Sequence[str]) -> int:
    """Erase the answers to these fields; returns of how many people."""
    await connection.execute(_LOCK, meeting_id)
    gone = await erase_answers(connection, meeting_id, fields)
    await connection.execute(_NO_FIGURES, meeting_id)
    return gone
