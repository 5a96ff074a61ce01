"""Read-only queries for routes, flows and effects, on a read-only transaction (a replica in production)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, tuple_
from sqlalchemy import select as choose
from sqlmodel import col

from services.archive.domain.audit import StoredLog
from services.archive.domain.log import EMPTY_LOG, LogState
from services.archive.domain.merkle import Node
from services.archive.domain.package import ArchivedFact
from services.archive.domain.proof import LogEntry
from services.archive.domain.state import Phase
from services.archive.observability import RECORDS
from services.archive.tables import CheckpointRow, FactRow, LogEntryRow, LogNodeRow, LogRow, RecordRow, TakenOverRow
from shared.database import Connection, Database, matches_search, rows_of, select
from shared.kernel import NotFound
from shared.observability.gauges import GaugeValues
from shared.succession import TakenOver

_PHASES = "SELECT phase, count(*) FROM record GROUP BY phase"  # the index alone answers it


async def record(connection: Connection, record_id: UUID, *, bodies: Collection[str] | None) -> asyncpg.Record:
    """One record of `bodies`, of any where that is None; raises `NotFound`."""
    rows = await select(connection, _of(bodies).where(col(RecordRow.record_id) == record_id))
    if not rows:
        raise NotFound
    return rows[0]


async def records(
    connection: Connection,
    *,
    bodies: Collection[str] | None,
    meeting_id: UUID | None,
    text: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """Records of `bodies`, of any where that is None, the newest meetings first; `text` is found however spelled."""
    query = _of(bodies).order_by(col(RecordRow.meeting_id).desc()).limit(limit)
    if meeting_id:
        query = query.where(col(RecordRow.meeting_id) == meeting_id)
    if text:
        query = query.where(matches_search(RecordRow.search_key, text))
    if after:
        query = query.where(col(RecordRow.meeting_id) < after)
    return await select(connection, query)


def _of(bodies: Collection[str] | None) -> Select[Any]:
    query = rows_of(RecordRow)
    return query if bodies is None else query.where(col(RecordRow.organiser).in_(bodies))


async def taken_over(database: Database) -> Sequence[TakenOver]:
    """The bodies that were or will be taken over."""
    async with database.reading() as connection:
        rows = await select(connection, rows_of(TakenOverRow))
    return [TakenOver(code=row["code"], by=row["taken_over_by"], since=row["since"]) for row in rows]


async def facts_sealed_in(
    connection: Connection, *, record_id: UUID, meeting_id: UUID | None
) -> tuple[ArchivedFact, ...]:
    """The facts that the package of a record lists; none before its sealing has begun."""
    query = rows_of(FactRow).where(col(FactRow.meeting_id) == meeting_id, col(FactRow.sealed_in) == record_id)
    return tuple(
        ArchivedFact(
            id=row["event_id"],
            type=row["type"],
            topic=row["topic"],
            source=row["source"],
            time=row["occurred_at"],
            sha256=row["sha256"].hex(),
        )
        for row in await select(connection, query)
    )


async def documents_sealed_in(connection: Connection, record_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The documents of the meeting as its package names them; none before the sealing has begun."""
    query = choose(col(RecordRow.documents)).where(col(RecordRow.record_id) == record_id)
    rows = await select(connection, query)
    return rows[0]["documents"] or () if rows else ()


async def log_state(connection: Connection) -> LogState:
    """How far the log has grown."""
    rows = await select(connection, rows_of(LogRow))
    return LogState(rows[0]["size"], tuple(rows[0]["edge"])) if rows else EMPTY_LOG


async def log_nodes(connection: Connection, wanted: Iterable[Node] | None = None) -> Mapping[Node, bytes]:
    """The stored hashes of these subtrees; of all where none are named."""
    query = rows_of(LogNodeRow)
    if wanted is not None:
        places = tuple_(col(LogNodeRow.level), col(LogNodeRow.position))
        query = query.where(places.in_([tuple(node) for node in wanted]))
    return {Node(row["level"], row["position"]): row["hash"] for row in await select(connection, query)}


async def stored_log(connection: Connection) -> StoredLog:
    """All that is stored of the log; as large as the log is."""
    entries = await select(connection, rows_of(LogEntryRow).order_by(col(LogEntryRow.position)))
    return StoredLog(
        state=await log_state(connection),
        entries=[bytes(LogEntry(row["kind"], row["sha256"], row["record"])) for row in entries],
        nodes=await log_nodes(connection),
        notes={row["size"]: row["note"] for row in await select(connection, rows_of(CheckpointRow))},
    )


async def latest_checkpoint(connection: Connection) -> str | None:
    """The signed note of the largest tree."""
    rows = await select(connection, rows_of(CheckpointRow).order_by(col(CheckpointRow.size).desc()).limit(1))
    return str(rows[0]["note"]) if rows else None


async def count_gauges(connection: Connection) -> GaugeValues:
    """What dashboards show: the records of each phase."""
    phases = {row["phase"]: row["count"] for row in await connection.fetch(_PHASES)}
    return {RECORDS: {(phase,): phases.get(phase, 0) for phase in Phase if phase is not Phase.ABSENT}}
