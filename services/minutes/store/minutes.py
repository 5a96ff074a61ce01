"""The rows of minutes: one lock on their own row; an approval locks the running number of its issuer after it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from services.minutes.domain.commands import (
    ApproveMinutes,
    AssignAction,
    MinutesCommands,
    RecordDecision,
    RecordOpinion,
    ReviseMinutes,
)
from services.minutes.domain.draft import Draft, Section
from services.minutes.domain.meeting import Body, bodies_on, meeting_day, recorded_body
from services.minutes.domain.state import Minutes, Phase, Series, WrittenSoFar
from services.minutes.store.rows import save_rows
from services.minutes.tables import MinutesRow, OrganisationRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.minutes import MinutesSigned
from shared.database import Connection
from shared.kernel import OFFICE_ZONE, Key, StaleVersion

DRAFTS: TypeAdapter[Draft] = TypeAdapter(Draft)

_LOAD = f"""
SELECT {names_of(MinutesRow, "minutes")}, meeting.organiser, meeting.details -> 'agenda' AS agenda,
       (meeting.details ->> 'starts_at')::timestamptz AS starts_at
FROM minutes JOIN meeting USING (meeting_id) WHERE minutes_id = $1 FOR UPDATE OF minutes
"""  # noqa: S608 -- constant names
_INSERT = """
INSERT INTO minutes (minutes_id, meeting_id, version, revision, phase, decisions, actions, edits)
VALUES ($1, $2, $3, $4, $5, 0, 0, '{}')
"""
_UPDATE = """
UPDATE minutes SET version = $3, revision = $4, phase = $5, decisions = $6, actions = $7, draft = $8, edits = $9,
                   returned = $10, number = $11, approved_at = $12, signed = $13, published_at = $14, news_id = $15,
                   record_id = $16, phase_since = CASE WHEN phase = $5 THEN phase_since ELSE now() END
WHERE minutes_id = $1 AND version = $2
"""
_WRITTEN_SO_FAR = """
SELECT (SELECT count(*) FROM opinion WHERE minutes_id = $1) AS opinions,
       (SELECT coalesce(sum(length(text) + coalesce(length(text_en), 0)), 0) FROM opinion WHERE minutes_id = $1)
       + (SELECT coalesce(sum(length(text)), 0) FROM decision WHERE minutes_id = $1)
       + (SELECT coalesce(sum(length(text)), 0) FROM action WHERE minutes_id = $1) AS letters
"""
_BODIES = f"SELECT {names_of(OrganisationRow)} FROM organisation"  # noqa: S608 -- constant names
_SERIES = "INSERT INTO number_series (issuer, year, last) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING"
_LAST = "SELECT last FROM number_series WHERE issuer = $1 AND year = $2 FOR UPDATE"


async def load_minutes(connection: Connection, key: Key, command: MinutesCommands) -> Minutes:
    """The minutes, locked, with what `command` needs; phase `absent` where there are none."""
    minutes_id = UUID(str(key))
    row = await connection.fetchrow(_LOAD, minutes_id)
    if row is None:
        return Minutes(minutes_id=minutes_id)
    return _minutes(row, **await _context(connection, row, command))


async def save_minutes(connection: Connection, before: Minutes, after: Minutes, facts: Sequence[Fact]) -> None:
    """Write the row of the minutes and what each fact adds to it; raises `StaleVersion`."""
    if before.version == 0:
        values = (after.minutes_id, after.meeting_id, after.version, after.revision, after.phase)
        await connection.execute(_INSERT, *values)
    else:
        await _update(connection, before, after)
    await save_rows(connection, after, facts)


async def _context(connection: Connection, row: asyncpg.Record, command: MinutesCommands) -> dict[str, Any]:
    match command:
        case RecordOpinion() | AssignAction():
            speaker = await _body(connection, command.organisation, day=meeting_day(row["starts_at"]))
            return {
                "speaker": speaker and speaker.name,
                "written_so_far": await _written_so_far(connection, row["minutes_id"]),
            }
        case RecordDecision() | ReviseMinutes():
            return {"written_so_far": await _written_so_far(connection, row["minutes_id"])}
        case ApproveMinutes():
            return {"series": await _series(connection, row, command.at.astimezone(OFFICE_ZONE).year)}
        case _:
            return {}


async def _body(connection: Connection, code: str, *, day: date) -> Body | None:
    """A body as it was on the day of the meeting; None where it is not known."""
    recorded = {row["code"]: recorded_body(dict(row)) for row in await connection.fetch(_BODIES)}
    return bodies_on(day, recorded, [code]).get(code)


async def _written_so_far(connection: Connection, minutes_id: UUID) -> WrittenSoFar:
    row = await connection.fetchrow(_WRITTEN_SO_FAR, minutes_id)
    return WrittenSoFar(**{name: int(count) for name, count in (row or {}).items()})


async def _series(connection: Connection, row: asyncpg.Record, year: int) -> Series:
    """The issuer's running number, locked until the end of the transaction; a refused approval leaves it unused.

    Its suffix is the abbreviation that the issuer had on the day of the meeting, like the names that are printed.
    """
    issuer = row["organiser"]
    await connection.execute(_SERIES, issuer, year)
    last = await connection.fetchval(_LAST, issuer, year)
    body = await _body(connection, issuer, day=meeting_day(row["starts_at"]))
    return Series(issuer=issuer, year=year, last=last, suffix=(body and body.abbreviation) or issuer)


def _minutes(row: asyncpg.Record, **context: Any) -> Minutes:
    names = (
        "minutes_id",
        "meeting_id",
        "version",
        "revision",
        "organiser",
        "decisions",
        "actions",
        "returned",
        "number",
        "approved_at",
        "published_at",
        "news_id",
        "record_id",
    )
    return Minutes(
        **{name: row[name] for name in names},
        phase=Phase(row["phase"]),
        agenda=frozenset(item["number"] for item in row["agenda"]),
        draft=DRAFTS.validate_python(row["draft"]) if row["draft"] else None,
        edits={Section(name): text for name, text in row["edits"].items()},
        signed=MinutesSigned.model_validate(row["signed"]) if row["signed"] else None,
        **context,
    )


async def _update(connection: Connection, before: Minutes, after: Minutes) -> None:
    done = await connection.execute(
        _UPDATE,
        after.minutes_id,
        before.version,
        after.version,
        after.revision,
        after.phase,
        after.decisions,
        after.actions,
        DRAFTS.dump_python(after.draft, mode="json") if after.draft else None,
        dict(after.edits),
        after.returned,
        after.number,
        after.approved_at,
        after.signed.model_dump(mode="json") if after.signed else None,
        after.published_at,
        after.news_id,
        after.record_id,
    )
    if done != "UPDATE 1":
        raise StaleVersion
