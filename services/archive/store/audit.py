"""The audit trail: every fact that was received, and every download of a package."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from shared.contracts import CATALOGUE
from shared.database import Connection
from shared.kernel import Actor
from shared.messaging.cloudevents import Envelope

_FACT = """
INSERT INTO fact (source, event_id, type, topic, subject, sequence, occurred_at, meeting_id, sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
"""
_VIEW = "INSERT INTO view (record_id, actor, viewed_at) VALUES ($1, $2, $3)"


async def keep_facts(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep the envelopes of facts of the catalogue and the hashes of their payloads; once, however often they come."""
    await connection.executemany(_FACT, [_row(event) for event in events])


def _row(event: Envelope) -> tuple[object, ...]:
    return (
        event.source,
        event.id,
        event.type,
        CATALOGUE[event.type].topic.name,
        event.subject,
        event.sequence,
        event.time,
        getattr(event.data, "meeting_id", None),
        sha256(event.payload or b"").digest(),
    )


async def note_view(connection: Connection, record_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Record that `actor` downloads a package; call it before the answer is sent."""
    await connection.execute(_VIEW, record_id, actor.subject, at)
