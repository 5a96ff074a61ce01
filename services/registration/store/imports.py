"""The rows of imports: what was received, in pieces until it is read, and each row of the file with its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.registration.domain.importing import Change, CheckedRow, ImportMode, ImportState, RowProblem, Verdict
from services.registration.tables import ParticipantImportLineRow, ParticipantImportRow
from shared.columns import names_of
from shared.contracts.registration import PersonRecorded
from shared.database import Connection
from shared.kernel import Command

KEPT: Final = timedelta(hours=24)

_INSERT = """
INSERT INTO participant_import (import_id, meeting_id, state, media_type, created_by, created_at, expires_at,
                                rows_read, applications, notes)
VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $6::timestamptz + $7::interval, 0, 0, '{}')
"""
_PIECE = "INSERT INTO participant_import_piece (import_id, number, content) VALUES ($1, $2, $3)"
_PIECES = "SELECT content FROM participant_import_piece WHERE import_id = $1 AND number = $2"
_LOCK = f"SELECT {names_of(ParticipantImportRow)} FROM participant_import WHERE import_id = $1 FOR UPDATE"  # noqa: S608 -- constant names
_STATE = "UPDATE participant_import SET state = $2 WHERE import_id = $1"
_DELETE = "DELETE FROM participant_import WHERE import_id = $1"
_EXPIRED = "DELETE FROM participant_import WHERE expires_at < now()"
_RESTART = """
UPDATE participant_import SET rows_read = 0 WHERE import_id = $1 AND state = 'reading' RETURNING meeting_id, media_type
"""
_PROGRESS = "UPDATE participant_import SET rows_read = rows_read + $2 WHERE import_id = $1"
_READ = "UPDATE participant_import SET state = $2, notes = $3, problem = $4 WHERE import_id = $1"
_APPLY = """
UPDATE participant_import SET state = 'applying', mode = $2, applications = applications + 1
WHERE import_id = $1 RETURNING applications
"""
_BEGIN_PROGRESS = """
INSERT INTO participant_import_progress (import_id, rows_applied) VALUES ($1, 0)
ON CONFLICT (import_id) DO UPDATE SET rows_applied = 0
"""
_APPLIED_SO_FAR = "UPDATE participant_import_progress SET rows_applied = $2 WHERE import_id = $1"
_LINES = """
INSERT INTO participant_import_line (import_id, line, verdict, registration_id, person, answers, changes, problems)
SELECT $1, * FROM jsonb_to_recordset($2)
     AS new(line int, verdict text, registration_id uuid, person jsonb, answers jsonb, changes jsonb, problems jsonb)
"""
_NEXT = f"""
SELECT {names_of(ParticipantImportLineRow)} FROM participant_import_line
WHERE import_id = $1 AND line > $2 AND verdict <> 'refused' ORDER BY line LIMIT $3
"""  # noqa: S608 -- constant names
_ANY_REFUSED = """
SELECT EXISTS (SELECT FROM participant_import_line WHERE import_id = $1 AND verdict = 'refused')
"""
_REFUSED = """
UPDATE participant_import_line SET verdict = 'refused', problems = new.problems
FROM jsonb_to_recordset($2) AS new(line int, problems jsonb)
WHERE import_id = $1 AND participant_import_line.line = new.line
"""
_APPLIED = "UPDATE participant_import_line SET person = NULL, answers = NULL, changes = '[]' WHERE import_id = $1"
_NO_PIECES = "DELETE FROM participant_import_piece WHERE import_id = $1"
_NO_LINES = "DELETE FROM participant_import_line WHERE import_id = $1"


async def begin_import(
    connection: Connection,
    *,
    import_id: UUID,
    meeting_id: UUID,
    media_type: str,
    by: Command,
) -> None:
    """Keep that a file is being received; it expires after `KEPT`, whatever becomes of it."""
    state = ImportState.RECEIVING
    await connection.execute(_INSERT, import_id, meeting_id, state, media_type, by.actor.subject, by.at, KEPT)


async def add_piece(connection: Connection, import_id: UUID, number: int, content: bytes) -> None:
    """Keep the next piece of the file."""
    await connection.execute(_PIECE, import_id, number, content)


async def piece(connection: Connection, import_id: UUID, number: int) -> bytes | None:
    """A piece of the file, from 0; None after the last."""
    content: bytes | None = await connection.fetchval(_PIECES, import_id, number)
    return content


async def locked_import(connection: Connection, import_id: UUID) -> asyncpg.Record | None:
    """The import, locked; None where it has expired."""
    return await connection.fetchrow(_LOCK, import_id)


async def set_state(connection: Connection, import_id: UUID, state: ImportState) -> None:
    """Write the state alone."""
    await connection.execute(_STATE, import_id, state)


async def delete_import(connection: Connection, import_id: UUID) -> None:
    """Erase the import with all that belongs to it."""
    await connection.execute(_DELETE, import_id)


async def delete_expired(connection: Connection) -> int:
    """Erase what has expired; returns how many imports that were."""
    return int((await connection.execute(_EXPIRED)).rpartition(" ")[2])


async def start_reading(connection: Connection, import_id: UUID) -> asyncpg.Record | None:
    """Forget what an attempt before has read; None where there is nothing to be read."""
    await connection.execute(_NO_LINES, import_id)
    return await connection.fetchrow(_RESTART, import_id)


async def add_lines(connection: Connection, import_id: UUID, rows: Sequence[CheckedRow]) -> None:
    """Keep rows with their verdicts, and count them."""
    await connection.execute(_LINES, import_id, [_members(row) for row in rows])
    await connection.execute(_PROGRESS, import_id, len(rows))


async def finish_reading(
    connection: Connection, import_id: UUID, *, notes: Mapping[str, Any], problem: RowProblem | None
) -> None:
    """The file has been read, or cannot be; either way it is erased."""
    state = ImportState.REFUSED if problem else ImportState.READY
    await connection.execute(_READ, import_id, state, notes, asdict(problem) if problem else None)
    await connection.execute(_NO_PIECES, import_id)
    if problem:
        await connection.execute(_NO_LINES, import_id)


async def start_applying(connection: Connection, import_id: UUID, mode: ImportMode) -> int:
    """The import is to be applied; returns how often it was tried."""
    attempt: int = await connection.fetchval(_APPLY, import_id, mode)
    await connection.execute(_BEGIN_PROGRESS, import_id)
    return attempt


async def note_applied(connection: Connection, import_id: UUID, rows: int) -> None:
    """Say how many rows have been worked on, beside the transaction that applies them and holds the import."""
    await connection.execute(_APPLIED_SO_FAR, import_id, rows)


async def next_lines(connection: Connection, import_id: UUID, *, after: int, limit: int) -> list[CheckedRow]:
    """The rows after line `after` that were not refused, in their order."""
    return [_checked_row(row) for row in await connection.fetch(_NEXT, import_id, after, limit)]


async def any_refused(connection: Connection, import_id: UUID) -> bool:
    """Whether a row is refused."""
    found: bool = await connection.fetchval(_ANY_REFUSED, import_id)
    return found


async def refuse_lines(connection: Connection, import_id: UUID, problems: Mapping[int, RowProblem]) -> None:
    """Keep that rows which had another verdict are refused."""
    rows = [{"line": line, "problems": [problem]} for line, problem in problems.items()]
    await connection.execute(_REFUSED, import_id, rows)


async def forget_persons(connection: Connection, import_id: UUID) -> None:
    """Erase the persons of an import that was applied: they are where they belong now."""
    await connection.execute(_APPLIED, import_id)


def _members(row: CheckedRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "verdict": row.verdict,
        "registration_id": row.registration_id,
        "person": row.person,
        "answers": row.answers or None,
        "changes": row.changes,
        "problems": row.problems,
    }


def _checked_row(row: asyncpg.Record) -> CheckedRow:
    return CheckedRow(
        line=row["line"],
        verdict=Verdict(row["verdict"]),
        registration_id=row["registration_id"],
        person=PersonRecorded(**row["person"]) if row["person"] else None,
        answers=row["answers"] or {},
        changes=tuple(Change(**change) for change in row["changes"]),
        problems=tuple(RowProblem(**problem) for problem in row["problems"]),
    )
