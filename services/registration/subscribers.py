"""What registration consumes: the status of the messages of its meetings."""

from collections.abc import Sequence

from services.registration.store import project
from shared.contracts.notification import MESSAGE
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

GROUP = "eoffice.registration"
TOPICS = (MESSAGE.name,)


async def handle(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep the status of each message beside the registrations; nothing follows from it."""
    await project(connection, [event.data for event in events if event.data])
