"""Erases what registration keeps for a while only: lists of participants that were imported."""

from typing import Final

from services.registration.store import imports
from shared.database import Database
from shared.observability.logging import Log, log

EVERY_SECONDS: Final = 30.0


async def erase_expired(database: Database) -> None:
    """Erase imports that have expired."""
    async with database.transaction() as connection:
        gone = await imports.delete_expired(connection)
    if gone:
        log.info(Log.PRUNED, what="participant_import", count=gone)
