"""The scans of a desk."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import func
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import CheckInRow
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
    query = rows_of(CheckInRow).where(
        col(CheckInRow.meeting_id) == meeting_id, col(CheckInRow.device) == device, col(CheckInRow.nonce).in_(nonces)
    )
    return {row["nonce"]: row for row in await select(connection, query)}
