"""What notification keeps of others' facts: persons, bodies, meetings, answers, and when minutes were signed."""

from collections.abc import Mapping
from datetime import datetime

from services.notification.store.projection import directory, meetings, minutes, registrations
from services.notification.store.projection.directory import keep_persons
from services.notification.store.projection.minutes import meeting_is_over, postpone, take_postponed
from services.notification.store.projection.registrations import keep_registrations, keep_tickets
from services.notification.store.projection.writer import Writer
from shared.contracts import Fact
from shared.database import Connection

__all__ = [
    "keep_persons",
    "keep_registrations",
    "keep_tickets",
    "meeting_is_over",
    "postpone",
    "project",
    "take_postponed",
]

_WRITERS: Mapping[type[Fact], Writer] = {
    **directory.WRITERS,
    **meetings.WRITERS,
    **registrations.WRITERS,
    **minutes.WRITERS,
}
"""Fact → what writes down what is needed of it; of facts that are not listed nothing is needed."""


async def project(connection: Connection, fact: Fact, *, at: datetime) -> None:
    """Keep what is needed of one fact, which happened `at`."""
    write = _WRITERS.get(type(fact))
    if write is not None:
        await write(connection, fact, at)
