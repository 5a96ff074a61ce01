"""Keys that the relay has parked because their next fact cannot be sent: list and release them."""

from collections import Counter
from typing import Any, Final

from shared.database import Connection
from shared.messaging import outbox
from shared.operations.actions import ActedBy, note

_FIND: Final = """
SELECT topic, key, error, parked_at FROM outbox_parked WHERE (topic, key) > ($1, $2) ORDER BY topic, key LIMIT $3
"""
_WAITING: Final = """
SELECT topic, key, count(*) AS count FROM outbox
WHERE (topic, key) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY topic, key
"""


async def find(connection: Connection, *, after: tuple[str, str] = ("", ""), limit: int = 100) -> list[dict[str, Any]]:
    """Parked keys after `after`, ordered by topic and key, each with the number of its facts in the outbox."""
    found = [dict(row) for row in await connection.fetch(_FIND, *after, limit)]
    topics, keys = [row["topic"] for row in found], [row["key"] for row in found]
    waiting = Counter[tuple[str, str]]()
    for row in await connection.fetch(_WAITING, topics, keys):
        waiting[row["topic"], row["key"]] = row["count"]
    return [{**row, "waiting": waiting[row["topic"], row["key"]]} for row in found]


async def release(connection: Connection, topic: str, key: str, by: ActedBy) -> bool:
    """Let the relay send the facts of a key again, in order; returns False if the key is not parked."""
    released = await outbox.release(connection, topic, key)
    if released:
        await note(connection, by, "release-key", f"{topic} {key}")
    return released
