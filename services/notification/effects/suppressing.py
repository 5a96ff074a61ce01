"""Messages that are not sent: to a destination that is not allowed, or too many to one recipient. Never silently.

What strangers can bring about is limited, exactly: what was begun to the same number or address is counted in
PostgreSQL, under a lock on the recipient. What an organiser tells his participants counts too, but is always sent.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.notification import store
from services.notification.domain.commands import ComposeMessage, RecordFailed
from services.notification.effects.composing import OutgoingMessage
from services.notification.observability import MESSAGES_SUPPRESSED
from services.notification.policy import SERVICE
from services.notification.ports import Mail, SendingLimits, SmsSubmission
from services.notification.store import MESSAGES, Sendable
from shared.application import execute
from shared.contracts.notification import FailureKind
from shared.database import Connection, after_commit

ANSWERS: Final = frozenset(
    {
        *("registered", "registered_again", "confirm_registration", "registration_lapsed"),
        *("waitlisted", "promoted", "delegated", "represented", "declined", "withdrawn"),
    }
)
"""Templates of messages that somebody without an account brings about."""

DESTINATION: Final = "destination-not-allowed"


async def suppressed(
    connection: Connection, message_id: UUID, sendable: Sendable, *, written: OutgoingMessage, limits: SendingLimits
) -> bool:
    """Whether the message must not be sent; if so it has ended, and somebody abroad gets it by e-mail instead."""
    message = written.message
    if isinstance(message, Mail) and message.calendar is not None and message.calendar.method == "CANCEL":
        return False  # there are never more of these than invitations before them
    if isinstance(message, SmsSubmission) and not limits.destinations.allows(message.to):
        reason: str | None = DESTINATION
    else:
        reason = await _excess(connection, message_id, sendable, key=message.key, limits=limits)
    if reason is None:
        return False
    at = datetime.now(UTC)
    command = RecordFailed(actor=SERVICE, at=at, kind=FailureKind.SUPPRESSED, reason=reason)
    order = (await execute(connection, MESSAGES, message_id, command)).state.order
    after_commit(MESSAGES_SUPPRESSED.labels(channel=sendable.channel, reason=reason).inc)
    if reason == DESTINATION and order is not None and "email" in order.channels:
        instead = replace(order, channels=("email",))
        compose = ComposeMessage(actor=SERVICE, at=at, order=instead)
        await execute(connection, MESSAGES, instead.message_id, compose)
    return True


async def _excess(
    connection: Connection, message_id: UUID, sendable: Sendable, *, key: UUID, limits: SendingLimits
) -> str | None:
    if sendable.template not in ANSWERS:
        return None
    begun, allowed = (
        await store.count_to_recipient(connection, message_id=message_id, key=key),
        limits.allowances[sendable.channel],
    )
    if begun.own:
        return None  # another attempt of a message that was within the limits
    for count, most, reason in (
        (begun.meeting, allowed.meeting, "too-many-of-meeting"),
        (begun.hour, allowed.hour, "too-many-in-an-hour"),
        (begun.day, allowed.day, "too-many-in-a-day"),
    ):
        if count >= most:
            return reason
    return None
