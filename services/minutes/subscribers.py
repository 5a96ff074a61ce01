"""What minutes hears: bodies, persons, meetings, and that the archive holds a record."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.minutes.policy import jobs_after, react
from services.minutes.store import MINUTES, project
from shared.application import execute
from shared.contracts import Fact
from shared.contracts.archive import RECORD
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import effect_of
from shared.messaging.jobs import enqueue

GROUP = "eoffice.minutes"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, RECORD.name)


async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what the drafts will need, and let the minutes of each meeting follow."""
    await learn(connection, events)
    for event in events:
        if event.data:
            await _follow(connection, event, event.data)


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what the drafts will need, and nothing follows from it (`messaging.rebuild`)."""
    await project(connection, [event.data for event in events if event.data])


async def _follow(connection: Connection, event: Envelope, fact: Fact) -> None:
    commands, jobs = react(fact, at=datetime.now(UTC)), jobs_after(fact)
    if commands or jobs:
        with effect_of(event):
            for minutes_id, command in commands:
                await execute(connection, MINUTES, minutes_id, command)
            await enqueue(connection, jobs)
