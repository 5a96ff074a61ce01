"""Imports of participants: how far one is, what it found, and its rows."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import func
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.importing import Verdict
from services.registration.tables import ParticipantImportLineRow as LineRow
from services.registration.tables import ParticipantImportProgressRow as ProgressRow
from services.registration.tables import ParticipantImportRow as ImportRow
from shared.database import Connection, rows_of, select
from shared.kernel import NotFound


async def count_imports(connection: Connection, meeting_id: UUID) -> int:
    """How many imports of the meeting are kept."""
    query = choose(func.count().label("n")).where(col(ImportRow.meeting_id) == meeting_id)
    count: int = (await select(connection, query))[0]["n"]
    return count


async def participant_import(connection: Connection, *, meeting_id: UUID, import_id: UUID) -> asyncpg.Record:
    """One import with its progress; raises `NotFound`, also after it has expired."""
    applied = func.coalesce(col(ProgressRow.rows_applied), 0).label("rows_applied")
    query = (
        rows_of(ImportRow)
        .add_columns(applied)
        .outerjoin(ProgressRow, col(ProgressRow.import_id) == col(ImportRow.import_id))
        .where(col(ImportRow.meeting_id) == meeting_id, col(ImportRow.import_id) == import_id)
    )
    rows = await select(connection, query.where(col(ImportRow.expires_at) > func.now()))
    if not rows:
        raise NotFound
    return rows[0]


async def counts_of_verdicts(connection: Connection, import_id: UUID) -> dict[str, int]:
    """Rows of the file by verdict."""
    verdict = col(LineRow.verdict)
    query = choose(verdict, func.count().label("n")).where(col(LineRow.import_id) == import_id).group_by(verdict)
    return {row["verdict"]: row["n"] for row in await select(connection, query)}


async def import_lines(
    connection: Connection, import_id: UUID, *, verdict: Verdict | None, after: int, limit: int
) -> Sequence[asyncpg.Record]:
    """The rows after line `after`, in the order of the file."""
    query = rows_of(LineRow).where(col(LineRow.import_id) == import_id, col(LineRow.line) > after)
    if verdict is not None:
        query = query.where(col(LineRow.verdict) == verdict)
    return await select(connection, query.order_by(col(LineRow.line)).limit(limit))
