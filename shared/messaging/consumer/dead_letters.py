"""Stores dead letters: records that could not be processed, with all their bytes; later events of the key wait.

The column `key` decides which events wait behind which. It is empty if the record has no key or cannot be decoded: then
it is not known to which aggregate it belongs, so nothing waits behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.database import Connection
from shared.messaging.cloudevents import Envelope, Record, read

_ADD = """
INSERT INTO dead_letter (consumer, topic, partition, "offset", key, raw_key, headers, value, error, state, attempts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
ON CONFLICT (consumer, topic, partition, "offset")
DO UPDATE SET attempts = dead_letter.attempts + 1, last_at = now(), error = excluded.error
"""
_KEYS = """
SELECT asked.key FROM unnest($3::text[]) AS asked(key), LATERAL (
  SELECT FROM dead_letter d
  WHERE d.consumer = $1 AND d.topic = $2 AND d.key = asked.key AND d.key <> '' AND d.state IN ('dead', 'parked')
  ORDER BY d.id LIMIT 1 FOR SHARE) AS first
"""
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_FIRST = """
SELECT id FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND state IN ('dead', 'parked')
ORDER BY id LIMIT 1 FOR UPDATE
"""
_OF_KEY = """
SELECT id FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND state IN ('dead', 'parked')
ORDER BY partition, "offset" LIMIT $4 FOR UPDATE
"""
_WAITING = """
SELECT count(*) FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND key <> ''
  AND state IN ('dead', 'parked')
"""
_LINE_OF = "SELECT consumer, topic, key FROM dead_letter WHERE id = $1"
_CLOSE = """
UPDATE dead_letter SET state = $2, handled_by = $3, handled_why = $4, last_at = now() WHERE id = $1
"""
_FAILED = """
UPDATE dead_letter SET attempts = attempts + 1, last_at = now(), error = $2
WHERE id = $1 AND state IN ('dead', 'parked')
"""
OPEN = ("dead", "parked")
"""The states of a letter that waits for an operator."""

MOST_OF_KEY = 1_000
"""At most this many letters of one key are redriven in one transaction; the others continue to wait, in order."""

_COLUMNS = """
SELECT id, consumer, topic, partition, "offset", key, raw_key, headers, value, error, attempts, first_at, last_at,
       state, handled_by, handled_why
FROM dead_letter WHERE id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A Kafka record as it was stored; it is a `cloudevents.Record`, so that it is decoded in the same way again.

    `timestamp` is when the record was stored first, as its own timestamp is not stored.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def key_of(record: Record) -> str:
    """The record key as text, in hexadecimal if it is not UTF-8; events with the same key wait for each other."""
    try:
        return (record.key or b"").decode().replace("\x00", "")
    except UnicodeDecodeError:
        return (record.key or b"").hex()


async def add(connection: Connection, consumer: str, record: Record, *, key: str, error: str, state: str) -> None:
    """Store a record; `state` is `dead` or `parked`, `key` is that of `key_of`, or empty if no event must wait."""
    headers = [[_text(name), (value or b"").hex()] for name, value in record.headers]
    await connection.execute(
        _ADD,
        consumer,
        record.topic,
        record.partition,
        record.offset,
        key,
        record.key,
        headers,
        record.value,
        _text(error)[:1_000],
        state,
    )


def _text(value: str) -> str:
    """The text without what PostgreSQL cannot store."""
    return value.encode(errors="replace").decode().replace("\x00", "")


async def waiting_keys(connection: Connection, consumer: str, topic: str, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that have a dead letter, so that new events must wait.

    Waits for a running redrive of a key, and prevents a new one until the caller's transaction ends.
    """
    return {row["key"] for row in await connection.fetch(_KEYS, consumer, topic, list(keys))}


async def load(connection: Connection, letter: int) -> dict[str, Any] | None:
    """One dead letter with its content, or None."""
    row = await connection.fetchrow(_COLUMNS, letter)
    return dict(row) if row else None


async def lock(connection: Connection, letter: int) -> dict[str, Any] | None:
    """As `load`, and lock all letters of its key until the transaction ends; waits for others that hold the lock.

    To avoid deadlocks everybody locks in this order: the advisory lock of the key (operators only), its first letter
    (which the consumer locks in share mode before it parks another), the other letters in their order, the stream
    positions, the rows of the handlers.
    """
    line = await connection.fetchrow(_LINE_OF, letter)
    if line is None:
        return None
    if line["key"]:
        await connection.execute(_TURN, "\n".join(line))
        await connection.fetchval(_FIRST, *line)
    await connection.execute("SELECT FROM dead_letter WHERE id = $1 FOR UPDATE", letter)
    return await load(connection, letter)


async def of_key(connection: Connection, row: Mapping[str, Any], *, most: int = 0) -> Sequence[int]:
    """The open letters with the key of `row`, which must be locked, in their order; at most `most`, or `MOST_OF_KEY`.

    If `row` has no key, only itself.
    """
    if not row["key"]:
        return [row["id"]]
    line = (row["consumer"], row["topic"], row["key"])
    return [found["id"] for found in await connection.fetch(_OF_KEY, *line, most or MOST_OF_KEY)]


async def waiting(connection: Connection, row: Mapping[str, Any]) -> int:
    """The number of open letters with the key of `row`."""
    count: int = await connection.fetchval(_WAITING, row["consumer"], row["topic"], row["key"])
    return count


async def close(connection: Connection, letter: int, *, state: str, who: str, why: str) -> None:
    """Close a letter: its new state (`redriven` or `discarded`), by whom and why."""
    await connection.execute(_CLOSE, letter, state, who, why)


async def note_failure(connection: Connection, letter: int, reason: str) -> None:
    """Count one more failed attempt of a letter and store its reason."""
    await connection.execute(_FAILED, letter, _text(reason)[:1_000])


def envelope(letter: Mapping[str, Any]) -> Envelope:
    """Decode a stored record again; raises `cloudevents.Unreadable` if it still cannot be decoded."""
    return read(
        StoredRecord(
            topic=letter["topic"],
            partition=letter["partition"],
            offset=letter["offset"],
            timestamp=int(letter["first_at"].timestamp() * 1000),
            key=letter["raw_key"],
            value=letter["value"],
            headers=[(name, bytes.fromhex(value)) for name, value in letter["headers"]],
        )
    )
