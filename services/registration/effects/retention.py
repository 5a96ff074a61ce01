"""Erases what is kept for a while only: lists of participants, answers to forms, files that no document has.

And people for whom nobody ever answered, some time after what was held for them was given up.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from services.registration.domain.history import erased_when_due
from services.registration.domain.person import ErasePerson
from services.registration.flows.erasing import erase_person
from services.registration.store import imports
from services.registration.store.files import discard_jobs
from services.registration.store.form.retention import answers_due, erase_due
from services.registration.store.history import note
from services.registration.store.proof import unproven_given_up
from shared.database import Database
from shared.kernel import NotFound, service_actor
from shared.messaging import jobs
from shared.observability.logging import Log, log

EVERY_SECONDS: Final = 30.0
UNPROVEN_KEPT: Final = timedelta(days=30)
"""So long the data of somebody are kept for whom nobody has answered, after his registration has ended."""
_ACTOR: Final = service_actor("registration")


async def erase_expired(database: Database) -> None:
    """Erase imports that have expired and answers whose time is over; have files removed that no document has."""
    async with database.transaction() as connection:
        gone = await imports.delete_expired(connection)
        await jobs.enqueue(connection, await discard_jobs(connection))
    if gone:
        log.info(Log.PRUNED, what="participant_import", count=gone)
    await erase_answers_due(database)
    await erase_unproven(database)


async def erase_unproven(database: Database, *, at: datetime | None = None) -> None:
    """Erase people for whom nobody has answered, `UNPROVEN_KEPT` after they had nothing more; `at` None: now.

    Each is a person as others: every service drops its copy, and the report of his erasure tells what is left.
    """
    now = at or datetime.now(UTC)
    async with database.reading() as connection:
        gone = await unproven_given_up(connection, now - UNPROVEN_KEPT)
    for person_id in gone:
        with suppress(NotFound):  # another process has erased him
            async with database.transaction() as connection:
                await erase_person(connection, person_id, ErasePerson(actor=_ACTOR, at=now))
    if gone:
        log.info(Log.PRUNED, what="unproven_person", count=len(gone))


async def erase_answers_due(database: Database) -> None:
    """Erase the answers to forms whose time is over; each meeting in a transaction of its own."""
    async with database.reading() as connection:
        due = await answers_due(connection)
    for row in due:
        async with database.transaction() as connection:
            gone = await erase_due(connection, row["meeting_id"], row["fields"])
            await note(connection, [erased_when_due(row["meeting_id"], datetime.now(UTC))] if gone else [])
        log.info(Log.PRUNED, what="form_answer", count=gone)
