"""Bodies of government, by day and name."""

from collections.abc import Sequence
from datetime import date

import asyncpg
from sqlalchemy import or_
from sqlmodel import col

from services.registration.tables import OrganisationRow
from shared.database import Connection, matches_search, rows_of, select


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
