"""What minutes does with a whole batch of facts, and the draft that routes and effects both ask for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.minutes import views
from services.minutes.domain.draft import Draft
from services.minutes.domain.drafting import awaited, draft
from services.minutes.policy import jobs_after, react
from services.minutes.store import MINUTES
from shared.application import execute
from shared.database import Connection
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import effect_of
from shared.messaging.jobs import enqueue


async def follow(connection: Connection, events: Sequence[Envelope], *, at: datetime) -> None:
    """Carry out the commands, and write the jobs, that follow from facts of other services, in their order."""
    for event in events:
        commands, jobs = (react(event.data, at=at), jobs_after(event.data)) if event.data else ((), ())
        if commands or jobs:
            with effect_of(event):
                for minutes_id, command in commands:
                    await execute(connection, MINUTES, minutes_id, command)
                await enqueue(connection, jobs)


async def draft_now(connection: Connection, minutes_id: UUID, *, retry_after: float) -> Draft:
    """The draft of what is known by now; writes nothing.

    Raises `NotFound`, `MeetingNotHeld`, and `Unavailable` (for `retry_after` seconds) while bodies or persons that the
    draft needs have not been heard of.
    """
    meeting = await views.meeting(connection, minutes_id)
    bodies, people = awaited(meeting)
    if bodies or people:
        raise Unavailable(f"{len(bodies)} organisations and {len(people)} persons", retry_after=retry_after)
    return draft(meeting)
