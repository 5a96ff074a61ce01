"""Messages that no provider has yet: those that a later fact has made untrue, found, locked and ended together."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.notification.domain.order import Audience
from services.notification.domain.outdated import Standing, outdated
from services.notification.domain.state import Message
from services.notification.domain.states import MeetingPhase, RegistrationState
from services.notification.store.message import UNSENT, message_of
from services.notification.tables import MessageRow
from shared.columns import names_of
from shared.database import Connection

_HOSTS: Final = (Audience.CONTACT, Audience.CHAIR, Audience.CO_HOST)

STANDING: Final = """t.phase, coalesce(t.moved, 0) AS moved, coalesce(t.venue_changed, 0) AS venue_changed,
       m.audience, r.state AS seat, coalesce(r.ticket, 0) AS newest_ticket,
       EXISTS (SELECT FROM host h WHERE (h.meeting_id, h.person_id) = (m.meeting_id, m.person_id)) AS is_host,
       EXISTS (SELECT FROM registration y WHERE y.invitation_id = (m.content->>'invitation')::uuid) AS answered"""
"""What `standing_of` reads, of a message `m`, its meeting `t` and its registration `r`."""

_LOCK_ALL = f"""
SELECT message_id FROM message WHERE meeting_id = $1 AND {UNSENT}
ORDER BY message_id FOR UPDATE
"""  # noqa: S608 -- constant names
_LOCK_SOME = f"""
SELECT message_id FROM message
WHERE meeting_id = $1 AND person_id = ANY($2::uuid[]) AND {UNSENT}
ORDER BY message_id FOR UPDATE
"""  # noqa: S608 -- constant names
# A provider that is being asked at this moment may have taken it: that message is looked at again before its next try.
_UNSENT = f"""
SELECT {names_of(MessageRow, "m")}, {STANDING} FROM message m LEFT JOIN meeting t USING (meeting_id)
LEFT JOIN registration r ON r.registration_id = (m.content->>'registration')::uuid
WHERE m.message_id = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM attempt a WHERE a.message_id = m.message_id AND a.outcome IS NULL)
"""  # noqa: S608 -- constant names
_CANCEL = """
UPDATE message SET version = new.version, status = new.status, reason = new.reason, updated_at = now()
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) AS new(message_id, version, status, reason)
WHERE message.message_id = new.message_id
"""
_HURRY = "UPDATE job SET due_at = now() WHERE key = ANY($1::text[]) AND state = 'ready' AND due_at > now()"


def standing_of(row: asyncpg.Record) -> Standing:
    """What a message was decided on and what is known now, from a row with `STANDING`."""
    content = row["content"]
    return Standing(
        template=row["template"],
        revision=content.get("revision"),
        serial=content.get("serial"),
        phase=MeetingPhase(row["phase"]) if row["phase"] else None,
        moved=row["moved"],
        venue_changed=row["venue_changed"],
        seat=RegistrationState(row["seat"]) if row["seat"] else None,
        ticket=row["newest_ticket"],
        invited=row["is_host"] or row["audience"] not in _HOSTS,
        answered=row["answered"],
    )


async def load_outdated(
    connection: Connection, meeting_id: UUID, persons: Sequence[UUID]
) -> Sequence[tuple[Message, str]]:
    """The unsent messages of a meeting (to these persons, where any are named) that are untrue now, and why; locked."""
    locked = connection.fetch(_LOCK_SOME, meeting_id, persons) if persons else connection.fetch(_LOCK_ALL, meeting_id)
    unsent = [row["message_id"] for row in await locked]
    rows = await connection.fetch(_UNSENT, unsent) if unsent else []
    found = [(message_of(row, None), outdated(standing_of(row))) for row in rows]
    return [(message, reason) for message, reason in found if reason]


async def save_cancelled(connection: Connection, messages: Sequence[Message]) -> None:
    """Write their end; what has waited behind them need wait no longer."""
    if not messages:
        return
    await connection.execute(
        _CANCEL,
        [message.message_id for message in messages],
        [message.version for message in messages],
        [message.status for message in messages],
        [message.reason for message in messages],
    )
    queues = {message.order.queue(message.channel) for message in messages if message.order and message.channel}
    await connection.execute(_HURRY, sorted(queues))
