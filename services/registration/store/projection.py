"""What registration keeps of others' facts: the status of each message, shown beside the registrations."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.notification import MessageCancelled, MessageCreated, MessageDelivered, MessageFailed, MessageSent
from shared.database import Connection

_CREATED = """
INSERT INTO message_status (message_id, meeting_id, channel, status)
SELECT message_id, meeting_id, channel, 'created'
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new(message_id, meeting_id, channel) ON CONFLICT DO NOTHING
"""
_MOVED = """
UPDATE message_status m SET status = new.status FROM unnest($1::uuid[], $2::text[]) AS new(message_id, status)
WHERE m.message_id = new.message_id
"""


async def project(connection: Connection, facts: Sequence[Fact]) -> None:
    """Follow facts of notification: what was created, then where each message stands after the last of them."""
    created = [fact for fact in facts if isinstance(fact, MessageCreated)]
    if created:
        await connection.execute(
            _CREATED,
            [fact.message_id for fact in created],
            [fact.meeting_id for fact in created],
            [fact.channel for fact in created],
        )
    moved = dict(status for fact in facts if (status := _status(fact)))
    if moved:
        await connection.execute(_MOVED, list(moved), list(moved.values()))


def _status(fact: Fact) -> tuple[UUID, str] | None:
    """Where a message has come to; None where it has not moved (created, or held: no message yet)."""
    match fact:
        case MessageSent():
            return fact.message_id, "sent"
        case MessageDelivered():
            return fact.message_id, "delivered"
        case MessageFailed():
            return fact.message_id, fact.kind
        case MessageCancelled():
            return fact.message_id, "cancelled"
        case _:
            return None
