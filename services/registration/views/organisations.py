"""Bodies of government, by day and name."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import asyncpg
from sqlalchemy import or_
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import OrganisationRow
from shared.database import Connection, columns, matches_search, rows_of, select
from shared.kernel import NotFound
from shared.lao import search_key


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
    """All bodies, to be found by what they are called."""
    rows = await connection.fetch("SELECT code, name_lo, name_en, abbreviation_lo FROM organisation")
    return KnownOrganisations(dict(row) for row in rows)


async def organisation_name(connection: Connection, code: str) -> asyncpg.Record:
    """The names of a body; raises `NotFound`."""
    query = choose(*columns(OrganisationRow, "name_lo", "name_en")).where(col(OrganisationRow.code) == code)
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]


async def organisations(connection: Connection, *, on: date | None, text: str | None) -> Sequence[asyncpg.Record]:
    """Bodies in protocol order; `on` keeps those that existed that day."""
    query = rows_of(OrganisationRow).order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code))
    if on:
        began = or_(col(OrganisationRow.valid_from).is_(None), col(OrganisationRow.valid_from) <= on)
        lasts = or_(col(OrganisationRow.valid_until).is_(None), col(OrganisationRow.valid_until) > on)
        query = query.where(began, lasts)
    if text:
        query = query.where(matches_search(OrganisationRow.search_key, text))
    return await select(connection, query)
