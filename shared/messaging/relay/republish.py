"""Publishes facts again that Kafka had stored and has lost: moves them back into the outbox, which the relay sends.

After a disaster with an empty Kafka, the facts that some reader had not processed are nowhere else. Readers recognise
all others by their identifiers, so everything that was kept is published again, in the old order.
"""

import asyncpg

from shared.database import Database
from shared.messaging.outbox import COLUMNS
from shared.messaging.relay.relay import LOCK
from shared.observability.logging import Log, log

BATCH = 5_000
_CLAIM = "SELECT pg_try_advisory_lock($1)"
_BACK = f"""
WITH again AS (DELETE FROM outbox_published
               WHERE id = ANY(ARRAY(SELECT id FROM outbox_published ORDER BY id LIMIT {BATCH})) RETURNING {COLUMNS}),
     written AS (INSERT INTO outbox ({COLUMNS}) OVERRIDING SYSTEM VALUE SELECT {COLUMNS} FROM again ORDER BY id
                 RETURNING id)
SELECT count(*) FROM written
"""  # noqa: S608 -- constant names


class RelayAlive(RuntimeError):
    """A relay of this service is running; stop it first, or facts of one key may be sent in a wrong order."""


async def republish(database: Database) -> int:
    """Move all published facts that are still kept back into the outbox; returns their number. It may be run again.

    Holds the lock of the relay meanwhile. Raises `RelayAlive` if a relay leads, `Unavailable` if PostgreSQL does not
    answer.
    """
    connection = await database.connect()
    try:
        if not await connection.fetchval(_CLAIM, LOCK):
            raise RelayAlive
        count = await _move_all(connection)
    finally:
        connection.terminate()
    log.info(Log.REPUBLISHED, count=count)
    return count


async def _move_all(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    """Batch after batch, the oldest first; if it is interrupted, run it again before a relay starts."""
    count = 0
    while moved := await connection.fetchval(_BACK):  # a batch may be short: old rows are pruned at the same time
        count += moved
    return count
