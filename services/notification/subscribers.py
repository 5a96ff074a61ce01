"""What notification hears: persons, bodies, meetings and minutes; and what follows from each."""

from datetime import UTC, datetime
from uuid import UUID

from services.notification.policy import Known, audience_of, react
from services.notification.store import MESSAGES, load_seats, load_unsent, project, resume_postponed
from shared.application import execute
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.minutes import MINUTES
from shared.contracts.registration import MEETING, ORGANISATION, PERSON, PersonErased, PersonRecorded
from shared.database import Connection
from shared.messaging.wire import Envelope

GROUP = "eoffice.notification"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, MINUTES.name)


async def hear(connection: Connection, event: Envelope) -> None:
    """Keep what messages will need of the fact, then write the messages that follow from it."""
    if event.data is None:
        return
    await project(connection, event.data)
    for cause, fact in await resume_postponed(connection, event.data, _cause(event)):
        for message_id, command in react(fact, await _known(connection, fact, cause)):
            await execute(connection, MESSAGES, message_id, command)


async def _known(connection: Connection, fact: Fact, cause: UUID) -> Known:
    meeting_id = audience_of(fact)
    return Known(
        cause=cause,
        at=datetime.now(UTC),
        seats=await load_seats(connection, meeting_id) if meeting_id else (),
        unsent=await load_unsent(connection, fact.person_id) if isinstance(fact, PersonRecorded | PersonErased) else (),
    )


def _cause(event: Envelope) -> UUID:
    """The event's id; one made from it where somebody else's event has an id of another form."""
    try:
        return UUID(event.id)
    except ValueError:
        return derived_id(event.source, event.id)
