"""What notification hears: persons, bodies, meetings and minutes."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from services.notification.flows.reactions import project_run, react_to_run
from shared.contracts.minutes import MINUTES
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import Handler

GROUP = "eoffice.notification"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, MINUTES.name)


def handler(quiet: timedelta) -> Handler:
    """`hear`, where changes of a meeting wait for `quiet` before they are told: the last of several is told once."""
    return partial(hear, quiet=quiet)


async def hear(connection: Connection, events: Sequence[Envelope], *, quiet: timedelta = timedelta(0)) -> None:
    """Keep what messages will need of the facts, and write the messages that follow from each."""
    await react_to_run(connection, events, quiet=quiet)


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what messages will need of the facts, and write none (`messaging.consumer.rebuild`)."""
    await project_run(connection, events)
