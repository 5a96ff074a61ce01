"""Erases what registration keeps for a while only: lists of participants, and files of which no document was made."""

from typing import Final

from services.registration.store import imports
from services.registration.store.files import discard_jobs
from shared.database import Database
from shared.messaging import jobs
from shared.observability.logging import Log, log

EVERY_SECONDS: Final = 30.0


async def erase_expired(database: Database) -> None:
    """Erase imports that have expired, and have the files removed of which no document was made."""
    async with database.transaction() as connection:
        gone = await imports.delete_expired(connection)
        await jobs.enqueue(connection, await discard_jobs(connection))
    if gone:
        log.info(Log.PRUNED, what="participant_import", count=gone)
