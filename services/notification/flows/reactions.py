"""What follows from facts: they are kept, and the messages are written, released or withdrawn that they lead to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

from services.notification.domain.changes import NEW_DOCUMENTS
from services.notification.domain.commands import CancelMessage, ComposeMessage
from services.notification.domain.state import Message
from services.notification.policy import SERVICE, ReactionContext, made_untrue, meeting_of, react, seat_of
from services.notification.store import (
    MESSAGES,
    People,
    insert_messages,
    keep_persons,
    keep_registrations,
    keep_tickets,
    load_orders,
    load_outdated,
    load_people,
    load_seats,
    load_unsent,
    meeting_is_over,
    postpone,
    project,
    save_cancelled,
    take_postponed,
    told_soon,
)
from shared.application import Decision, decide_and_fold, execute, record, report_accepted
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.minutes import MinutesPublished
from shared.contracts.notification import CancelReason
from shared.contracts.registration import (
    DocumentAdded,
    DocumentReplaced,
    MeetingHeld,
    ParticipantRegistered,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import effect_of

AT_ONCE = 1_000  # messages: a meeting may have tens of thousands

WantedMessage: TypeAlias = tuple[Envelope | None, ComposeMessage]
"""A message that is wanted, and the event it follows from where several are handled together."""


async def react_to_run(connection: Connection, events: Sequence[Envelope], *, quiet: timedelta) -> None:
    """Keep what messages will need of the facts, then write the messages that follow from each, in this transaction.

    Messages are decided on what was known when their fact came, so facts are taken one by one. Persons, their
    registrations and their tickets come in thousands, and none of them changes what another leads to: they are taken
    together.
    """
    for kind, run in groupby(events, lambda event: type(event.data)):
        await _TOGETHER.get(kind, _react_to_each)(connection, list(run), quiet)


async def project_run(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what messages will need of the facts, and write none."""
    for kind, run in groupby(events, lambda event: type(event.data)):
        if kind is PersonRecorded:
            await keep_persons(connection, [event.data for event in run if isinstance(event.data, PersonRecorded)])
            continue
        for event in run:
            if event.data is not None:
                await project(connection, event.data, at=event.time)
                await _due(connection, event.data, _cause(event))


async def _react_to_persons(connection: Connection, events: Sequence[Envelope], _quiet: timedelta) -> None:
    """Know them all; the messages that have waited for one of them are released."""
    facts = [(event, event.data) for event in events if isinstance(event.data, PersonRecorded)]
    await keep_persons(connection, [fact for _, fact in facts])
    unsent = await load_unsent(connection, {fact.person_id for _, fact in facts})
    for event, fact in facts:
        if fact.person_id in unsent:
            with effect_of(event):
                context = ReactionContext(cause=_cause(event), at=datetime.now(UTC), unsent=unsent[fact.person_id])
                await _follow(connection, fact, context)


async def _react_to_registrations(connection: Connection, events: Sequence[Envelope], _quiet: timedelta) -> None:
    """Know them all, and write the messages that follow with the statements of one."""
    facts = [(event, event.data) for event in events if isinstance(event.data, ParticipantRegistered)]
    await keep_registrations(connection, [fact for _, fact in facts])
    at = datetime.now(UTC)
    await _compose(connection, [one for event, fact in facts for one in _wanted(event, fact, People(), at=at)])


async def _react_to_tickets(connection: Connection, events: Sequence[Envelope], quiet: timedelta) -> None:
    """The same for tickets; what is said with one depends on how its seat was come by."""
    facts = [(event, event.data) for event in events if isinstance(event.data, TicketIssued)]
    await keep_tickets(connection, [fact for _, fact in facts])
    seats = await load_seats(connection, [fact.registration_id for _, fact in facts])
    at, wanted = datetime.now(UTC), list[WantedMessage]()
    for event, fact in facts:
        people = seats.get(fact.registration_id, People())
        wanted += _wanted(event, fact, people, at=at, quiet=quiet)
    await _compose(connection, wanted)


def _wanted(
    event: Envelope, fact: Fact, people: People, *, at: datetime, quiet: timedelta = timedelta(0)
) -> list[WantedMessage]:
    context = ReactionContext(cause=_cause(event), at=at, seats=people.seats, moved_from=people.moved_from, quiet=quiet)
    return [(event, command) for _, command in react(fact, context) if isinstance(command, ComposeMessage)]


async def _compose(connection: Connection, wanted: Sequence[WantedMessage]) -> None:
    """Write all these messages that are new, a thousand with the statements of one."""
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        messages = await load_orders(connection, [command.order for _, command in some])
        decisions = [
            _decide(event, messages[command.order.message_id], command)
            for event, command in some
            if command.order.message_id in messages
        ]
        await insert_messages(connection, [one.after for one in decisions if one.facts])
        await record(connection, decisions)


def _decide(event: Envelope | None, message: Message, command: ComposeMessage | CancelMessage) -> Decision[Message]:
    with effect_of(event) if event else nullcontext():
        decision = decide_and_fold(MESSAGES, message.message_id, message, command)
        report_accepted(MESSAGES, message.message_id, command, count=len(decision.facts))
    return decision


async def _react_to_each(connection: Connection, events: Sequence[Envelope], quiet: timedelta) -> None:
    """What one fact leads to depends on the facts before it."""
    for event in events:
        if event.data is not None:
            with effect_of(event):
                await _react(connection, event, event.data, quiet)


async def _react(connection: Connection, event: Envelope, fact: Fact, quiet: timedelta) -> None:
    await project(connection, fact, at=event.time)
    await _withdraw_untrue(connection, fact)
    for cause, due in await _due(connection, fact, _cause(event)):
        await _follow(connection, due, await _context(connection, due, cause, quiet=quiet))


async def _due(connection: Connection, fact: Fact, cause: UUID) -> Sequence[tuple[UUID, Fact]]:
    """The facts to react to now, each with its cause: `fact`, unless it must wait, and those that have waited for it.

    Minutes are published long after their meeting; where we hear of it before we have heard the meeting's end, some of
    the meeting's answers may not have come yet, and somebody would not be told.
    """
    if isinstance(fact, MinutesPublished) and not await meeting_is_over(connection, fact.meeting_id):
        await postpone(connection, fact, cause)
        return []
    if isinstance(fact, MeetingHeld):
        return [(cause, fact), *await take_postponed(connection, fact.meeting_id)]
    return [(cause, fact)]


async def _withdraw_untrue(connection: Connection, fact: Fact) -> None:
    """End the messages that no provider has yet and that this fact has made untrue."""
    concerned = made_untrue(fact)
    found = await load_outdated(connection, *concerned) if concerned else ()
    at = datetime.now(UTC)
    decisions = [
        _decide(None, message, CancelMessage(actor=SERVICE, at=at, reason=CancelReason.TOLD_OTHERWISE, detail=detail))
        for message, detail in found
    ]
    await save_cancelled(connection, [one.after for one in decisions])
    await record(connection, decisions)


async def _follow(connection: Connection, fact: Fact, context: ReactionContext) -> None:
    wanted: list[WantedMessage] = []
    for message_id, command in react(fact, context):
        if isinstance(command, ComposeMessage):
            wanted.append((None, command))
        else:
            await execute(connection, MESSAGES, message_id, command)
    await _compose(connection, wanted)


async def _context(connection: Connection, fact: Fact, cause: UUID, *, quiet: timedelta) -> ReactionContext:
    meeting_id, registration_id = meeting_of(fact), seat_of(fact)
    unsent = await load_unsent(connection, [fact.person_id]) if isinstance(fact, PersonErased) else {}
    people, soon = People(), frozenset[UUID]()
    if meeting_id:
        people = await load_people(connection, meeting_id)
        if isinstance(fact, DocumentAdded | DocumentReplaced):
            soon = await told_soon(connection, meeting_id, template=NEW_DOCUMENTS)
    elif registration_id:
        people = (await load_seats(connection, [registration_id])).get(registration_id, people)
    return ReactionContext(
        cause=cause,
        at=datetime.now(UTC),
        seats=people.seats,
        hosts=people.hosts,
        unsent=[message for messages in unsent.values() for message in messages],
        told_soon=soon,
        moved_from=people.moved_from,
        quiet=quiet,
    )


def _cause(event: Envelope) -> UUID:
    """The event's id; one made from it where somebody else's event has an id of another form."""
    try:
        return UUID(event.id)
    except ValueError:
        return derived_id(event.source, event.id)


Reaction: TypeAlias = Callable[[Connection, Sequence[Envelope], timedelta], Awaitable[None]]

_TOGETHER: Final[Mapping[type[Fact] | type[None], Reaction]] = {
    PersonRecorded: _react_to_persons,
    ParticipantRegistered: _react_to_registrations,
    TicketIssued: _react_to_tickets,
}
"""Facts that come in thousands: what is done about a run of them."""
