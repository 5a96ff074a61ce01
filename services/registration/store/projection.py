"""What registration keeps of others' facts: the status of each message, shown beside the registrations."""

from shared.contracts import Fact
from shared.contracts.notification import MessageCancelled, MessageCreated, MessageDelivered, MessageFailed, MessageSent
from shared.database import Connection

_CREATED = """
INSERT INTO message_status (message_id, meeting_id, channel, status) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_MOVED = "UPDATE message_status SET status = $2 WHERE message_id = $1"


async def project(connection: Connection, fact: Fact) -> None:
    """Follow one fact of notification."""
    match fact:
        case MessageCreated():
            await connection.execute(_CREATED, fact.message_id, fact.meeting_id, fact.channel, "created")
        case MessageSent():
            await connection.execute(_MOVED, fact.message_id, "sent")
        case MessageDelivered():
            await connection.execute(_MOVED, fact.message_id, "delivered")
        case MessageFailed():
            await connection.execute(_MOVED, fact.message_id, fact.kind)
        case MessageCancelled():
            await connection.execute(_MOVED, fact.message_id, "cancelled")
        case _:  # held: no message yet
            return
