"""The rows of messages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.notification.domain import message as rules
from services.notification.domain.commands import Commands, ComposeMessage
from services.notification.domain.order import Audience, Content, Order
from services.notification.domain.state import WITHOUT_PROVIDER, Contact, Message, Status
from services.notification.observability import count_fact
from services.notification.tables import MessageRow
from shared.application import Aggregate
from shared.columns import names_of
from shared.contracts import Fact
from shared.database import Connection
from shared.kernel import Key, StaleVersion

UNSENT: Final = f"status IN ({', '.join(repr(status.value) for status in WITHOUT_PROVIDER)})"
"""Of a message that no provider has yet, as the partial index spells it."""

_LOAD = f"SELECT {names_of(MessageRow)} FROM message WHERE message_id = $1 FOR UPDATE"  # noqa: S608 -- constant names
_CONTACTS = """
SELECT person_id, mobile IS NOT NULL AS mobile, email IS NOT NULL AS email, erased FROM person
WHERE person_id = ANY($1::uuid[])
"""
_WRITTEN = "SELECT message_id FROM message WHERE message_id = ANY($1::uuid[])"
_UNSENT = f"""
SELECT person_id, message_id FROM message
WHERE person_id = ANY($1::uuid[]) AND {UNSENT} ORDER BY message_id
"""  # noqa: S608 -- constant names
_LOCK_PERSONS = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name"
_INSERT = """
INSERT INTO message (message_id, version, status, meeting_id, person_id, cause, template, channels, if_impossible,
                     content, channel, reason, audience, released_at)
SELECT message_id, version, status, meeting_id, person_id, cause, template, string_to_array(channels, ','),
       if_impossible, content, channel, reason, audience,
       CASE WHEN channel IS NOT NULL THEN coalesce(not_before, now()) END
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
            $9::text[], $10::jsonb[], $11::text[], $12::text[], $13::text[], $14::timestamptz[])
     AS new(message_id, version, status, meeting_id, person_id, cause, template, channels, if_impossible, content,
            channel, reason, audience, not_before)
"""
_UPDATE = """
UPDATE message SET version = $3, status = $4, channel = $5, parts = $6, reason = $7, sent_at = $8, updated_at = now(),
                   released_at = coalesce(released_at, CASE WHEN $5::text IS NOT NULL THEN now() END)
WHERE message_id = $1 AND version = $2
"""


async def load_message(connection: Connection, key: Key, command: Commands) -> Message:
    """The message, locked; a new one carries its order. With it, how its recipient can be reached as known now."""
    message_id = UUID(str(key))
    row = await connection.fetchrow(_LOAD, message_id)
    if row is not None:
        return message_of(row, await _contact(connection, row["person_id"]))
    if not isinstance(command, ComposeMessage):
        return Message(message_id=message_id)
    contact = await _contact(connection, command.order.person_id, awaited=True)
    return Message(message_id=message_id, order=command.order, contact=contact)


async def save_message(
    connection: Connection,
    before: Message,
    after: Message,
    facts: Sequence[Fact],  # noqa: ARG001 -- a `save`
) -> None:
    """Write the last state; raises `StaleVersion`."""
    if before.version == 0:
        await insert_messages(connection, [after])
        return
    done = await connection.execute(
        _UPDATE,
        after.message_id,
        before.version,
        after.version,
        after.status,
        after.channel,
        after.parts,
        after.reason,
        after.sent_at,
    )
    if done != "UPDATE 1":
        raise StaleVersion


async def load_unsent(connection: Connection, persons: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The messages that no provider has yet, of each of these persons who has any."""
    found: dict[UUID, list[UUID]] = {}
    for person_id, message_id in await connection.fetch(_UNSENT, list(persons)):
        found.setdefault(person_id, []).append(message_id)
    return found


async def lock_persons(connection: Connection, persons: Iterable[UUID]) -> None:
    """Until the end of the transaction nobody else decides whether these persons are known.

    A message held because of one and his arrival may be in two transactions at once; neither would see the other.
    """
    await connection.execute(_LOCK_PERSONS, sorted(f"person {person_id}" for person_id in persons))


async def load_orders(connection: Connection, orders: Sequence[Order]) -> Mapping[UUID, Message]:
    """The messages that these orders would begin, as `load_message` gives them; those that exist are left out."""
    asked = {order.message_id: order for order in orders}
    written = {row["message_id"] for row in await connection.fetch(_WRITTEN, list(asked))}
    new = [order for message_id, order in asked.items() if message_id not in written]
    contacts = await _contacts(connection, {order.person_id for order in new}, awaited=True)
    return {
        order.message_id: Message(message_id=order.message_id, order=order, contact=contacts.get(order.person_id))
        for order in new
    }


async def insert_messages(connection: Connection, messages: Sequence[Message]) -> None:
    """Write messages that are new."""
    if not messages:
        return
    rows = [(message, message.order) for message in messages if message.order is not None]
    await connection.execute(
        _INSERT,
        [message.message_id for message, _ in rows],
        [message.version for message, _ in rows],
        [message.status for message, _ in rows],
        [order.meeting_id for _, order in rows],
        [order.person_id for _, order in rows],
        [order.cause for _, order in rows],
        [order.template for _, order in rows],
        [",".join(order.channels) for _, order in rows],
        [order.if_impossible for _, order in rows],
        [_written(order.content) for _, order in rows],
        [message.channel for message, _ in rows],
        [message.reason for message, _ in rows],
        [order.audience for _, order in rows],
        [order.not_before for _, order in rows],
    )


async def _contact(connection: Connection, person_id: UUID, *, awaited: bool = False) -> Contact | None:
    return (await _contacts(connection, {person_id}, awaited=awaited)).get(person_id)


async def _contacts(connection: Connection, persons: Collection[UUID], *, awaited: bool) -> dict[UUID, Contact]:
    """How those can be reached who are known; `awaited` looks for the others once more, with nobody else deciding."""
    found = await _known(connection, persons)
    missing = [person_id for person_id in persons if person_id not in found]
    if awaited and missing:
        await lock_persons(connection, missing)
        found |= await _known(connection, missing)
    return found


async def _known(connection: Connection, persons: Collection[UUID]) -> dict[UUID, Contact]:
    names = ("mobile", "email", "erased")
    rows = await connection.fetch(_CONTACTS, list(persons))
    return {row["person_id"]: Contact(**{name: row[name] for name in names}) for row in rows}


def message_of(row: asyncpg.Record, contact: Contact | None) -> Message:
    """A message from its row."""
    order = Order(
        **{name: row[name] for name in ("meeting_id", "person_id", "cause", "template", "if_impossible")},
        channels=tuple(row["channels"]),
        content=read_content(row["content"]),
        audience=Audience(row["audience"]) if row["audience"] else None,
    )
    names = ("message_id", "version", "channel", "parts", "sent_at", "reason")
    members = {name: row[name] for name in names}
    return Message(**members, status=Status(row["status"]), order=order, contact=contact)


def _written(content: Content) -> dict[str, Any]:
    """A content as JSON, without what it does not have."""
    members = {name: value for name, value in asdict(content).items() if value not in (None, {})}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in members.items()}


def read_content(written: dict[str, Any]) -> Content:
    """A content from JSON."""
    ids = {name: UUID(written[name]) for name in ("registration", "about", "minutes", "invitation") if name in written}
    members: dict[str, Any] = written | ids
    return Content(**members)


MESSAGES: Aggregate[Message, Commands] = Aggregate(
    name="message",
    decide=rules.decide,
    evolve=rules.evolve,
    plan=rules.plan,
    load=load_message,
    save=save_message,
    count=count_fact,
)
