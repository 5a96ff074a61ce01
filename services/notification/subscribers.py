"""What notification hears: persons, bodies, meetings and minutes; and what follows from each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from services.notification.domain.message import ComposeMessage, Message
from services.notification.policy import Known, audience_of, react
from services.notification.store import (
    MESSAGES,
    insert_messages,
    keep_answers,
    keep_persons,
    load_orders,
    load_seats,
    load_unsent,
    project,
    resume_postponed,
)
from shared.application import Settled, accepted, execute, record, settle
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.minutes import MINUTES
from shared.contracts.registration import (
    MEETING,
    ORGANISATION,
    PERSON,
    ParticipantRegistered,
    PersonErased,
    PersonRecorded,
)
from shared.database import Connection
from shared.messaging.handling import Handler, effect_of, one_by_one
from shared.messaging.wire import Envelope

GROUP = "eoffice.notification"
TOPICS = (ORGANISATION.name, PERSON.name, MEETING.name, MINUTES.name)


async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what messages will need of the facts, then write the messages that follow from each.

    Messages are decided on what was known when their fact came, so facts are taken one by one. Persons and their
    registrations come in thousands, and none of them changes what another leads to: they are taken together.
    """
    for kind, run in groupby(events, lambda event: type(event.data)):
        await _TOGETHER.get(kind, _hear_each)(connection, list(run))


async def learn(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what messages will need of the facts, and write none (`messaging.rebuild`)."""
    for kind, run in groupby(events, lambda event: type(event.data)):
        if kind is PersonRecorded:
            await keep_persons(connection, [event.data for event in run if isinstance(event.data, PersonRecorded)])
            continue
        for event in run:
            if event.data is not None:
                await project(connection, event.data)
                await resume_postponed(connection, event.data, _cause(event))


async def _hear_persons(connection: Connection, events: Sequence[Envelope]) -> None:
    """Know them all; the messages that have waited for one of them are released."""
    facts = [(event, event.data) for event in events if isinstance(event.data, PersonRecorded)]
    await keep_persons(connection, [fact for _, fact in facts])
    unsent = await load_unsent(connection, {fact.person_id for _, fact in facts})
    for event, fact in facts:
        if fact.person_id in unsent:
            with effect_of(event):
                known = Known(cause=_cause(event), at=datetime.now(UTC), unsent=unsent[fact.person_id])
                await _follow(connection, fact, known)


async def _hear_registrations(connection: Connection, events: Sequence[Envelope]) -> None:
    """Know them all, and write the messages that follow with the statements of one."""
    facts = [(event, event.data) for event in events if isinstance(event.data, ParticipantRegistered)]
    await keep_answers(connection, [fact for _, fact in facts])
    at = datetime.now(UTC)
    wanted = [
        (event, command)
        for event, fact in facts
        for _, command in react(fact, Known(cause=_cause(event), at=at))
        if isinstance(command, ComposeMessage)
    ]
    messages = await load_orders(connection, [command.order for _, command in wanted])
    settled = [
        _compose(event, messages[command.order.message_id], command)
        for event, command in wanted
        if command.order.message_id in messages
    ]
    await insert_messages(connection, [one.after for one in settled if one.facts])
    await record(connection, settled)


def _compose(event: Envelope, message: Message, command: ComposeMessage) -> Settled[Message]:
    with effect_of(event):
        settled = settle(MESSAGES, message.message_id, message, command)
        accepted(MESSAGES, message.message_id, command, count=len(settled.facts))
    return settled


@one_by_one
async def _hear_each(connection: Connection, event: Envelope) -> None:
    if event.data is None:
        return
    await project(connection, event.data)
    for cause, fact in await resume_postponed(connection, event.data, _cause(event)):
        await _follow(connection, fact, await _known(connection, fact, cause))


async def _follow(connection: Connection, fact: Fact, known: Known) -> None:
    for message_id, command in react(fact, known):
        await execute(connection, MESSAGES, message_id, command)


async def _known(connection: Connection, fact: Fact, cause: UUID) -> Known:
    meeting_id = audience_of(fact)
    unsent = await load_unsent(connection, [fact.person_id]) if isinstance(fact, PersonErased) else {}
    return Known(
        cause=cause,
        at=datetime.now(UTC),
        seats=await load_seats(connection, meeting_id) if meeting_id else (),
        unsent=[message for messages in unsent.values() for message in messages],
    )


def _cause(event: Envelope) -> UUID:
    """The event's id; one made from it where somebody else's event has an id of another form."""
    try:
        return UUID(event.id)
    except ValueError:
        return derived_id(event.source, event.id)


_TOGETHER: Mapping[type[Fact] | type[None], Handler] = {
    PersonRecorded: _hear_persons,
    ParticipantRegistered: _hear_registrations,
}
