"""The answers to forms: of each registration the last ones, with the version of the form to which they were given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.registration.domain.form.answers import Answer, FormAnswers
from shared.database import Connection

_STORED: Final = "SELECT answers FROM form_answer WHERE registration_id = $1"
_SAVE: Final = """
INSERT INTO form_answer (registration_id, meeting_id, form_version, answers, counted, answered_at, answered_by)
SELECT new.registration_id, new.meeting_id, new.form_version, new.answers, new.counted, now(), new.answered_by
FROM jsonb_to_recordset($1) AS new(registration_id uuid, meeting_id uuid, form_version int, answers jsonb,
                                   counted jsonb, answered_by text)
ON CONFLICT (registration_id) DO UPDATE SET
    form_version = excluded.form_version, answers = excluded.answers, counted = excluded.counted,
    answered_at = excluded.answered_at, answered_by = excluded.answered_by
"""
_ERASE: Final = """
UPDATE form_answer SET answers = answers - $2::text[], counted = (
    SELECT coalesce(jsonb_agg(kind), '[]') FROM jsonb_array_elements_text(counted) AS kind
    WHERE split_part(kind, '=', 1) <> ALL($2))
WHERE meeting_id = $1 AND answers ?| $2
"""
_COUNTED: Final = """
SELECT field, value, sum(people)::int AS people FROM form_figure WHERE meeting_id = $1
GROUP BY field, value HAVING sum(people) > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswers:
    """Answers of the person of a registration; `by` is the subject of who has sent them."""

    meeting_id: UUID
    registration_id: UUID
    answers: FormAnswers
    by: str


async def stored_answers(connection: Connection, registration_id: UUID) -> Mapping[str, Answer]:
    """What was answered; nothing where nobody has answered."""
    return await connection.fetchval(_STORED, registration_id) or {}


async def save_answers(connection: Connection, given: Sequence[GivenAnswers]) -> None:
    """Keep the answers of registrations, which must be there; their meetings are locked."""
    rows = [_row(one) for one in given if one.answers.version]  # a meeting that asks nothing keeps nothing
    if rows:
        await connection.execute(_SAVE, rows)


async def erase_answers(connection: Connection, meeting_id: UUID, fields: Sequence[str]) -> int:
    """Erase the answers to these fields; returns of how many people. The meeting is locked."""
    return int((await connection.execute(_ERASE, meeting_id, fields)).rpartition(" ")[2]) if fields else 0


async def answers_counted(connection: Connection, meeting_id: UUID) -> Mapping[tuple[str, str], int]:
    """How many people, whatever has become of them, have answered a field (value `''`) or made a choice of it."""
    return {(row["field"], row["value"]): row["people"] for row in await connection.fetch(_COUNTED, meeting_id)}


def _row(given: GivenAnswers) -> dict[str, Any]:
    return {
        "registration_id": given.registration_id,
        "meeting_id": given.meeting_id,
        "form_version": given.answers.version,
        "answers": given.answers.values,
        "counted": given.answers.counted,
        "answered_by": given.by,
    }
