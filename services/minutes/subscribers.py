"""What minutes consumes: bodies, persons, meetings, and that the archive has sealed a record."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.minutes.flows import follow
from services.minutes.store import project, project_session
from shared.contracts.archive import RECORD
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

GROUP = "eoffice.minutes"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, RECORD.name)


async def handle(connection: Connection, events: Sequence[Envelope]) -> None:
    """Store what the drafts will need, and carry out what follows for the minutes of each meeting."""
    await learn(connection, events)
    await follow(connection, events, at=datetime.now(UTC))


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Store what the drafts will need, and do nothing else (for `messaging.consumer.rebuild`)."""
    await project(connection, [event.data for event in events if event.data])
    await project_session(connection, events)
