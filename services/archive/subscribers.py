"""What the archive consumes: all topics that it may read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.archive.flows import collect
from services.archive.store import keep_documents, keep_facts, keep_successions
from shared.contracts.minutes import MINUTES
from shared.contracts.notification import MESSAGE
from shared.contracts.registration import MEETING, ORGANISATION
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import Handler

GROUP = "eoffice.archive"
TOPICS = (ORGANISATION.name, MEETING.name, MESSAGE.name, MINUTES.name)


def handler(*, settle: timedelta) -> Handler:
    """The handler of a service that seals a record `settle` after it became complete."""

    async def handle(connection: Connection, events: Sequence[Envelope]) -> None:
        """Store the facts, and let the records of their meetings collect what belongs into them."""
        await learn(connection, events)
        await collect(connection, events, at=datetime.now(UTC), settle=settle)

    return handle


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Store the facts, and do nothing else (for `messaging.consumer.rebuild`)."""
    await keep_facts(connection, [event for event in events if event.data])
    await keep_documents(connection, events)
    await keep_successions(connection, [event.data for event in events])
