"""The rows of messages."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg

from services.notification.domain import message as rules
from services.notification.domain.message import Commands, ComposeMessage, Contact, Message, Status
from services.notification.domain.order import Content, Order
from shared.application import Aggregate
from shared.contracts import Fact
from shared.database import Connection
from shared.kernel import Key, StaleVersion

_LOAD = "SELECT * FROM message WHERE message_id = $1 FOR UPDATE"
_CONTACT = "SELECT mobile IS NOT NULL AS mobile, email IS NOT NULL AS email, erased FROM person WHERE person_id = $1"
_UNSENT = """
SELECT message_id FROM message
WHERE person_id = $1 AND status IN ('awaiting_contact', 'created', 'sending') ORDER BY message_id
"""
_INSERT = """
INSERT INTO message (message_id, version, status, meeting_id, person_id, cause, template, channels, if_impossible,
                     content, channel, reason, released_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $11::text IS NOT NULL THEN now() END)
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
        return _message(row, await _contact(connection, row["person_id"]))
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
    if before.version == 0 and after.order is not None:
        await _insert(connection, after, after.order)
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


async def load_unsent(connection: Connection, person_id: UUID) -> Sequence[UUID]:
    """The messages to a person that no provider has yet."""
    return [row["message_id"] for row in await connection.fetch(_UNSENT, person_id)]


async def lock_person(connection: Connection, person_id: UUID) -> None:
    """Until the end of the transaction nobody else decides whether this person is known.

    A message held because of him and his arrival may be in two transactions at once; neither would see the other.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"person {person_id}")


async def _contact(connection: Connection, person_id: UUID, *, awaited: bool = False) -> Contact | None:
    row = await connection.fetchrow(_CONTACT, person_id)
    if row is None and awaited:
        await lock_person(connection, person_id)
        row = await connection.fetchrow(_CONTACT, person_id)
    return Contact(**dict(row)) if row else None


async def _insert(connection: Connection, message: Message, order: Order) -> None:
    await connection.execute(
        _INSERT,
        message.message_id,
        message.version,
        message.status,
        order.meeting_id,
        order.person_id,
        order.cause,
        order.template,
        list(order.channels),
        order.if_impossible,
        _written(order.content),
        message.channel,
        message.reason,
    )


def _message(row: asyncpg.Record, contact: Contact | None) -> Message:
    order = Order(
        **{name: row[name] for name in ("meeting_id", "person_id", "cause", "template", "if_impossible")},
        channels=tuple(row["channels"]),
        content=read_content(row["content"]),
    )
    names = ("message_id", "version", "channel", "parts", "sent_at", "reason")
    members = {name: row[name] for name in names}
    return Message(**members, status=Status(row["status"]), order=order, contact=contact)


def _written(content: Content) -> dict[str, Any]:
    """A content as JSON, without what it does not have."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(content).items() if value}


def read_content(written: dict[str, Any]) -> Content:
    """A content from JSON."""
    ids = {name: UUID(written[name]) for name in ("registration", "about", "minutes") if name in written}
    members: dict[str, Any] = written | ids
    return Content(**members)


MESSAGES: Aggregate[Message, Commands] = Aggregate(
    name="message",
    decide=rules.decide,
    evolve=rules.evolve,
    plan=rules.plan,
    load=load_message,
    save=save_message,
)
