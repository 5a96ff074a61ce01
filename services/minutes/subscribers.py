"""What minutes hears: bodies, persons, meetings, and that the archive holds a record."""

from datetime import UTC, datetime

from services.minutes.policy import errands, react
from services.minutes.store import MINUTES, project
from shared.application import execute
from shared.contracts.archive import RECORD
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.database import Connection
from shared.messaging.jobs import enqueue
from shared.messaging.wire import Envelope

GROUP = "eoffice.minutes"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, RECORD.name)


async def hear(connection: Connection, event: Envelope) -> None:
    """Keep what the draft will need, and let the minutes of the meeting follow."""
    if event.data is None:
        return
    await project(connection, event.data)
    for minutes_id, command in react(event.data, at=datetime.now(UTC)):
        await execute(connection, MINUTES, minutes_id, command)
    await enqueue(connection, errands(event.data))
