"""Gives up what is held for people for whom nobody has answered in time."""

from datetime import UTC, datetime
from typing import Final

from services.registration.domain.proof.commands import LapseUnproven
from services.registration.store import MEETINGS
from services.registration.store.proof import meetings_with_lapsing
from shared.application import execute
from shared.database import Database
from shared.kernel import service_actor

EVERY_SECONDS: Final = 15.0
_ACTOR: Final = service_actor("registration")


async def lapse_unproven(database: Database, *, at: datetime | None = None) -> None:
    """Give up what was held until `at` (None: until now), one meeting a transaction.

    Several processes may do so: under the lock of a meeting each finds what the others have left.
    """
    until = at or datetime.now(UTC)
    async with database.reading() as connection:
        meetings = await meetings_with_lapsing(connection, until)
    for meeting_id in meetings:
        async with database.transaction() as connection:
            await execute(connection, MEETINGS, meeting_id, LapseUnproven(actor=_ACTOR, at=until))
