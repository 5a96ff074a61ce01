"""What registration hears: the fate of the messages of its meetings."""

from services.registration.store import project
from shared.contracts.notification import MESSAGE
from shared.database import Connection
from shared.messaging.wire import Envelope

GROUP = "eoffice.registration"
TOPICS = (MESSAGE.name,)


async def hear(connection: Connection, event: Envelope) -> None:
    """Keep the status of each message beside the registrations; nothing follows from it."""
    if event.data is not None:
        await project(connection, event.data)
