"""The scans of a desk."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import and_, false, func
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import CheckInRow, RegistrationRow
from shared.database import Connection, rows_of, select


async def count_scans(connection: Connection, meeting_id: UUID, device: str, *, limit: int) -> int:
    """How many scans of a device are kept; `limit` is at least that many."""
    mine = (col(CheckInRow.meeting_id) == meeting_id, col(CheckInRow.device) == device)
    kept = choose(col(CheckInRow.nonce)).where(*mine).limit(limit).subquery()
    rows = await select(connection, choose(func.count().label("scans")).select_from(kept))
    count: int = rows[0]["scans"]
    return count


async def scan_outcomes(
    connection: Connection, meeting_id: UUID, device: str, nonces: Sequence[str]
) -> dict[str, asyncpg.Record]:
    """What came of the scans of one device, by nonce."""
    registered_here = and_(
        col(CheckInRow.method) == "walk-in", col(RegistrationRow.registration_id) == col(CheckInRow.registration_id)
    )
    over_capacity = func.coalesce(col(RegistrationRow.over_capacity), false()).label("over_capacity")
    query = (
        rows_of(CheckInRow)
        .add_columns(over_capacity)
        .outerjoin(RegistrationRow, registered_here)
        .where(
            col(CheckInRow.meeting_id) == meeting_id,
            col(CheckInRow.device) == device,
            col(CheckInRow.nonce).in_(nonces),
        )
    )
    return {row["nonce"]: row for row in await select(connection, query)}
