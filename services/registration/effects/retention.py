"""Erases what is kept for a while only: lists of participants, answers to forms, files that no document has."""

from typing import Final

from services.registration.store import imports
from services.registration.store.files import discard_jobs
from services.registration.store.form.retention import answers_due, erase_due
from shared.database import Database
from shared.messaging import jobs
from shared.observability.logging import Log, log

EVERY_SECONDS: Final = 30.0


async def erase_expired(database: Database) -> None:
    """Erase imports that have expired and answers whose time is over; have files removed that no document has."""
    async with database.transaction() as connection:
        gone = await imports.delete_expired(connection)
        await jobs.enqueue(connection, await discard_jobs(connection))
    if gone:
        log.info(Log.PRUNED, what="participant_import", count=gone)
    await erase_answers_due(database)


async def erase_answers_due(database: Database) -> None:
    """Erase the answers to forms whose time is over; each meeting in a transaction of its own."""
    async with database.reading() as connection:
        due = await answers_due(connection)
    for row in due:
        async with database.transaction() as connection:
            gone = await erase_due(connection, row["meeting_id"], row["fields"])
        log.info(Log.PRUNED, what="form_answer", count=gone)
