"""The rows of a record: locked when it is loaded; sealing fixes which facts the package lists."""

from collections.abc import Sequence
from uuid import UUID

from services.archive.domain.commands import RecordCommands
from services.archive.domain.state import Phase, Record
from services.archive.tables import RecordRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.archive import MinutesCollected, NewsCollected, RecordSealed, SealingBegun
from shared.contracts.base import Bilingual
from shared.database import Connection
from shared.kernel import Key, StaleVersion
from shared.lao import search_key

_LOAD = f"SELECT {names_of(RecordRow)} FROM record WHERE record_id = $1 FOR UPDATE"  # noqa: S608 -- constant names
_SAVE = """
INSERT INTO record (record_id, meeting_id, version, phase, title, organiser, minutes, news, held, search_key, sealed_at,
                    retain_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, phase = excluded.phase, title = excluded.title,
  organiser = excluded.organiser, minutes = excluded.minutes, news = excluded.news, held = excluded.held,
  search_key = excluded.search_key, sealed_at = excluded.sealed_at, retain_until = excluded.retain_until
  WHERE record.version = $13
"""
_FREEZE = "UPDATE fact SET sealed_in = $1 WHERE meeting_id = $2 AND sealed_in IS NULL"
_FREEZE_DOCUMENTS = """
UPDATE record SET documents = (
  SELECT jsonb_agg(document ORDER BY (document->>'item_id') NULLS FIRST, (document->>'position')::bigint, document_id)
  FROM meeting_document WHERE meeting_id = $2 AND document IS NOT NULL)
WHERE record_id = $1
"""
_SEAL = """
UPDATE record SET package_sha256 = $2, package_size = $3, facts = $4, log_index = $5, log_size = $6, log_root = $7
WHERE record_id = $1
"""


async def load_record(connection: Connection, key: Key, command: RecordCommands) -> Record:  # noqa: ARG001 -- a `load`
    """The record, locked; phase `absent` where there is none."""
    record_id = UUID(str(key))
    row = await connection.fetchrow(_LOAD, record_id)
    if row is None:
        return Record(record_id=record_id)
    names = ("record_id", "meeting_id", "version", "organiser", "sealed_at", "retain_until", "held")
    return Record(
        **{name: row[name] for name in names},
        phase=Phase(row["phase"]),
        title=Bilingual(**row["title"]) if row["title"] else None,
        minutes=MinutesCollected(**row["minutes"]) if row["minutes"] else None,
        news=NewsCollected(**row["news"]) if row["news"] else None,
    )


async def save_record(connection: Connection, before: Record, after: Record, facts: Sequence[Fact]) -> None:
    """Write the state, and the rows of single facts; `StaleVersion` when another transaction has changed it."""
    done = await connection.execute(
        _SAVE,
        after.record_id,
        after.meeting_id,
        after.version,
        after.phase,
        after.title.model_dump(exclude_none=True) if after.title else None,
        after.organiser,
        after.minutes.model_dump(mode="json") if after.minutes else None,
        after.news.model_dump(mode="json") if after.news else None,
        after.held,
        search_key(f"{after.title.lo} {after.title.en or ''}") if after.title else "",
        after.sealed_at,
        after.retain_until,
        before.version,
    )
    if done != "INSERT 0 1":
        raise StaleVersion
    for fact in facts:
        await _write(connection, fact)


async def _write(connection: Connection, fact: Fact) -> None:
    match fact:
        case SealingBegun():
            await connection.execute(_FREEZE, fact.record_id, fact.meeting_id)
            await connection.execute(_FREEZE_DOCUMENTS, fact.record_id, fact.meeting_id)
        case RecordSealed():
            sealed = (fact.package_sha256, fact.package_size, fact.facts)
            logged = (fact.log_index, fact.log_size, fact.log_root)
            await connection.execute(_SEAL, fact.record_id, *sealed, *logged)
        case _:
            return
