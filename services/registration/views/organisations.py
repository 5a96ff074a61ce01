"""Bodies of government, by day and name."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import Date, Integer, Text, cast, column, func
from sqlalchemy import select as choose
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import col

from services.registration.tables import MeetingRow, OrganisationChangeRow, OrganisationRow
from services.registration.tables.directory import MEETING_DAY
from shared.contracts.base import Bilingual
from shared.database import Connection, Database, columns, matches_search, rows_of, select
from shared.kernel import OFFICE_ZONE, NotFound
from shared.lao import search_key
from shared.succession import TakenOver

_CALLED: Final = (
    *("code", "name_lo", "name_en", "abbreviation_lo", "abbreviation_en", "protocol_order", "kind", "parent"),
    *("valid_from", "valid_until"),
)
_ON_A_DAY: Final = f"""
SELECT {", ".join(f"called.{name}" for name in _CALLED)}, o.successors, o.taken_over_by
FROM organisation_called($1) called JOIN organisation o USING (code)
WHERE (o.valid_from IS NULL OR o.valid_from <= $1) AND (o.valid_until IS NULL OR o.valid_until > $1)
  AND ($2::text[] IS NULL OR code = ANY($2))
ORDER BY called.protocol_order, code
"""  # noqa: S608 -- constant names

_NAMES: Final = """
SELECT code, name_lo, name_en, abbreviation_lo, abbreviation_en FROM organisation
UNION ALL
SELECT code, one -> 'name' ->> 'lo', one -> 'name' ->> 'en', one ->> 'abbreviation_lo', one ->> 'abbreviation_en'
FROM organisation, jsonb_array_elements(earlier) AS one
"""
_OF_MEETING: Final = f"""
SELECT body.code, body.name_lo, body.name_en FROM meeting, LATERAL organisation_on({MEETING_DAY}) body
WHERE meeting_id = $1 AND body.code = ANY($2::text[])
"""  # noqa: S608 -- constant names

_TAKEN_OVER: Final = """
SELECT code, taken_over_by, valid_until FROM organisation WHERE taken_over_by IS NOT NULL AND valid_until IS NOT NULL
"""


class KnownOrganisations:
    """Finds bodies by code, abbreviation or name, in any usual spelling."""

    def __init__(self, rows: Iterable[Mapping[str, str | None]]) -> None:
        self._codes: dict[str, str | None] = {}
        for row in rows:
            code = row["code"] or ""
            for name in {search_key(name) for name in row.values() if name}:
                self._codes[name] = None if self._codes.get(name, code) != code else code

    def code_of(self, text: str) -> str | None:
        """The code; None where no body is called so, or more than one."""
        return self._codes.get(search_key(text))


async def organisation_names(connection: Connection) -> KnownOrganisations:
    """All bodies, to be found by what they are and were called."""
    return KnownOrganisations(dict(row) for row in await connection.fetch(_NAMES))


async def organisation(connection: Connection, code: str) -> asyncpg.Record:
    """A body as it is recorded, with the codes of its predecessors (those it has taken over); raises `NotFound`."""
    before = OrganisationRow.__table__.alias("before")  # type: ignore[attr-defined] # -- SQLModel's own
    predecessors = choose(func.array_agg(before.c.code)).where(before.c.taken_over_by == code).scalar_subquery()
    query = choose(*columns(OrganisationRow), predecessors.label("predecessors"))
    rows = await select(connection, query.where(col(OrganisationRow.code) == code))
    if not rows:
        raise NotFound
    return rows[0]


async def organisation_changes(connection: Connection, code: str) -> Sequence[asyncpg.Record]:
    """What was changed of a body, the newest first."""
    query = rows_of(OrganisationChangeRow).where(col(OrganisationChangeRow.code) == code)
    return await select(connection, query.order_by(col(OrganisationChangeRow.version).desc()))


async def organisations(connection: Connection, *, on: date | None, text: str | None) -> Sequence[asyncpg.Record]:
    """Bodies in protocol order; `on` keeps those that existed that day, as they were called and stood then."""
    query = rows_of(OrganisationRow).order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code))
    if text:
        query = query.where(matches_search(OrganisationRow.search_key, text))
    if on is None:
        return await select(connection, query)
    found = [row["code"] for row in await select(connection, query)] if text else None
    return await connection.fetch(_ON_A_DAY, on, found)


async def bodies_of_meeting(connection: Connection, meeting_id: UUID, codes: Iterable[str]) -> dict[str, Bilingual]:
    """These bodies by code, as they are called on the day of the meeting; an unknown one is left out."""
    rows = await connection.fetch(_OF_MEETING, meeting_id, sorted(codes))
    return {row["code"]: Bilingual(lo=row["name_lo"], en=row["name_en"]) for row in rows}


async def taken_over(database: Database) -> Sequence[TakenOver]:
    """The bodies that were or will be taken over."""
    async with database.reading() as connection:
        rows = await connection.fetch(_TAKEN_OVER)
    return [TakenOver(code=row["code"], by=row["taken_over_by"], since=row["valid_until"]) for row in rows]


def bodies_on_day_of(meeting_id: UUID) -> TableValuedAlias:
    """All bodies as they are shown of a meeting: with the names and the protocol order of its day."""
    day = choose(meeting_day()).where(col(MeetingRow.meeting_id) == meeting_id).scalar_subquery()
    return bodies_on(day)


def meeting_day() -> Any:
    """The day of a meeting in the time zone of the offices."""
    return cast(func.timezone(OFFICE_ZONE.key, col(MeetingRow.starts_at)), Date)


def bodies_on(day: Any) -> TableValuedAlias:
    """All bodies as they are shown on a day: code, names, protocol order."""
    names = (column("code", Text), column("name_lo", Text), column("name_en", Text), column("protocol_order", Integer))
    return func.organisation_on(day).table_valued(*names, joins_implicitly=True).alias("body")
