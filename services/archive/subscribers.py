"""What the archive hears: everything it may, and all of it is kept."""

from datetime import UTC, datetime, timedelta

from services.archive.domain.record import record_id_of
from services.archive.policy import react
from services.archive.store import RECORDS, keep_fact
from shared.application import execute
from shared.contracts.minutes import MINUTES
from shared.contracts.notification import MESSAGE
from shared.contracts.registration import MEETING, ORGANISATION
from shared.database import Connection
from shared.messaging.consumer import Handler
from shared.messaging.wire import Envelope

GROUP = "eoffice.archive"
TOPICS = (ORGANISATION.name, MEETING.name, MESSAGE.name, MINUTES.name)


def listener(*, settle: timedelta) -> Handler:
    """The handler of a service that seals a record `settle` after it became complete."""

    async def hear(connection: Connection, event: Envelope) -> None:
        """Keep the fact, and let the record of its meeting collect what belongs into it."""
        if event.data is None:
            return
        await keep_fact(connection, event)
        for command in react(event.data, at=datetime.now(UTC), settle=settle):
            await execute(connection, RECORDS, record_id_of(command.meeting_id), command)

    return hear
