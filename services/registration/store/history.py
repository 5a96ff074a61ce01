"""Who did what and when, as rows: written in the transaction of the act, never changed."""

from collections.abc import Iterable
from typing import Final

from services.registration.domain.history import HistoryEntry
from shared.database import Connection

_INSERT: Final = """
INSERT INTO meeting_history (meeting_id, registration_id, at, what, acted_as, body, actor)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
"""


async def note(connection: Connection, entries: Iterable[HistoryEntry]) -> None:
    """Keep these entries, in their order; the caller holds the lock on the meetings."""
    kept = list(entries)
    if kept:
        names = ("meeting_id", "registration_id", "at", "what", "acted_as", "body", "actor")
        await connection.execute(_INSERT, *([getattr(one, name) for one in kept] for name in names))
