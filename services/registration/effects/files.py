"""Removing files from the object store that no document refers to."""

from services.registration.store.files import DISCARD_FILE, begin_discarding, finish_discarding
from shared.database import Connection, Database
from shared.messaging.jobs import Answer, ClaimedJob, Effect, nothing
from shared.objects import ObjectStore


def file_effects(database: Database, objects: ObjectStore) -> dict[str, Effect]:
    """`discard-file` removes one file; it may be interrupted anywhere and begins again."""

    async def discard_file(job: ClaimedJob) -> Answer:
        sha256 = job.payload["sha256"]
        async with database.transaction() as connection:
            wanted = await begin_discarding(connection, sha256)
        if not wanted:
            return nothing
        await objects.discard(sha256)

        async def answer(connection: Connection) -> None:
            await finish_discarding(connection, sha256)

        return answer

    return {DISCARD_FILE: discard_file}
