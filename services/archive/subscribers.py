"""What the archive hears: everything it may, and all of it is kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.archive.domain.record import record_id_of
from services.archive.policy import react
from services.archive.store import RECORDS, keep_facts
from shared.application import execute
from shared.contracts.minutes import MINUTES
from shared.contracts.notification import MESSAGE
from shared.contracts.registration import MEETING, ORGANISATION
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import Handler, effect_of

GROUP = "eoffice.archive"
TOPICS = (ORGANISATION.name, MEETING.name, MESSAGE.name, MINUTES.name)


def listener(*, settle: timedelta) -> Handler:
    """The handler of a service that seals a record `settle` after it became complete."""

    async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
        """Keep the facts, and let the records of their meetings collect what belongs into them."""
        await learn(connection, events)
        for event, fact in [(event, event.data) for event in events if event.data]:
            for command in react(fact, at=datetime.now(UTC), settle=settle):
                with effect_of(event):
                    await execute(connection, RECORDS, record_id_of(command.meeting_id), command)

    return hear


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep the facts, and nothing follows from them (`messaging.rebuild`)."""
    await keep_facts(connection, [event for event in events if event.data])
