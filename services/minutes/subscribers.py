"""What minutes hears: bodies, persons, meetings, and that the archive holds a record."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.minutes.flows import follow
from services.minutes.store import project
from shared.contracts.archive import RECORD
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

GROUP = "eoffice.minutes"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, RECORD.name)


async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what the drafts will need, and let the minutes of each meeting follow."""
    await learn(connection, events)
    await follow(connection, events, at=datetime.now(UTC))


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what the drafts will need, and nothing follows from it (`messaging.consumer.rebuild`)."""
    await project(connection, [event.data for event in events if event.data])
