"""The form of a meeting, for whoever may register for it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.database import Connection
from shared.kernel import NotFound

_FORM: Final = """
SELECT coalesce(form.version, 0) AS version, coalesce(form.fields, '[]') AS fields
FROM meeting m LEFT JOIN meeting_form form ON (form.meeting_id, form.version) = (m.meeting_id, m.form_version)
WHERE m.meeting_id = $1
"""
_OPEN: Final = f"{_FORM} AND m.phase <> 'draft'"
_TO_ALL: Final = f"{_OPEN} AND m.policy = 'open'"
_BY_LINK: Final = f"""
{_OPEN} AND (EXISTS (SELECT FROM invitation i WHERE i.meeting_id = $1 AND i.token_hash = $2 AND i.revoked_at IS NULL)
             OR EXISTS (SELECT FROM registration r WHERE r.meeting_id = $1 AND r.link_hash = $2))
"""  # noqa: S608 -- constant names


async def form_of_meeting(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """The form as it is asked now, without fields where nothing is asked. Raises `NotFound`."""
    return _found(await connection.fetchrow(_FORM, meeting_id))


async def public_form(connection: Connection, meeting_id: UUID, token_hash: bytes | None = None) -> asyncpg.Record:
    """As `form_of_meeting`, for an announced meeting that is open to all, or with the link to an invitation or answer.

    Raises `NotFound`.
    """
    if token_hash is None:
        return _found(await connection.fetchrow(_TO_ALL, meeting_id))
    return _found(await connection.fetchrow(_BY_LINK, meeting_id, token_hash))


def _found(row: asyncpg.Record | None) -> asyncpg.Record:
    if row is None:
        raise NotFound
    return row


_ANSWERS: Final = """
SELECT r.registration_id, a.form_version, coalesce(a.answers, '{}') AS answers, a.answered_at
FROM registration r LEFT JOIN form_answer a USING (registration_id)
WHERE r.meeting_id = $1 AND r.registration_id = $2
"""


async def answers_of(connection: Connection, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record:
    """What the person of a registration has answered; raises `NotFound`."""
    return _found(await connection.fetchrow(_ANSWERS, meeting_id, registration_id))


_MANY: Final = "SELECT registration_id, answers FROM form_answer WHERE registration_id = ANY($1::uuid[])"
_FIGURES: Final = """
SELECT g.field, g.value, g.state, g.people FROM form_figure g JOIN meeting m USING (meeting_id)
JOIN meeting_form form ON (form.meeting_id, form.version) = (m.meeting_id, m.form_version)
CROSS JOIN LATERAL jsonb_array_elements(form.fields) AS asked(field)
WHERE g.meeting_id = $1 AND g.value <> '' AND g.people > 0 AND asked.field->>'name' = g.field
  AND NOT coalesce((asked.field->>'personal_data')::bool, false)
ORDER BY g.field, g.value, g.state
"""


async def answers_of_many(connection: Connection, registrations: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """What the people of these registrations have answered; of the others nothing."""
    return {row["registration_id"]: row["answers"] for row in await connection.fetch(_MANY, registrations)}


async def form_figures(connection: Connection, meeting_id: UUID) -> dict[str, dict[str, dict[str, int]]]:
    """How many people have made each choice, and have said yes and no: by field, value and state.

    Not of fields that are personal data: a small figure may show who it is.
    """
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in await connection.fetch(_FIGURES, meeting_id):
        found.setdefault(row["field"], {}).setdefault(row["value"], {})[row["state"]] = row["people"]
    return found


_FILES_OF: Final = """
SELECT registration_id, field, sha256, size, media_type, uploaded_at FROM answer_file
WHERE registration_id = ANY($1::uuid[])
"""
_FILE: Final = f"{_FILES_OF} AND field = $2"


async def answer_file(connection: Connection, registration_id: UUID, field: str) -> asyncpg.Record | None:
    """The file that the person of a registration has answered a field with; None where he has not."""
    return await connection.fetchrow(_FILE, [registration_id], field)


async def answer_files(
    connection: Connection, registrations: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, asyncpg.Record]]:
    """The files of these registrations by the name of their field; of those without any nothing."""
    found: dict[UUID, dict[str, asyncpg.Record]] = {}
    for row in await connection.fetch(_FILES_OF, registrations):
        found.setdefault(row["registration_id"], {})[row["field"]] = row
    return found
