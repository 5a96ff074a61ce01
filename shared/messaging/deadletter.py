"""Dead letters: what could not be taken, kept with all its bytes; later events of its key wait behind it.

`key` is what waits and is waited for. It is empty for a record without a key and for one that cannot be read: who does
not know what a record is, cannot say that the events of an aggregate must wait for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.database import Connection
from shared.messaging.wire import Envelope, Record, read

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
_FIRST = """
SELECT FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND state IN ('dead', 'parked')
ORDER BY id LIMIT 1 FOR UPDATE
"""
_OF_KEY = """
SELECT id FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND state IN ('dead', 'parked')
ORDER BY partition, "offset"
"""
OPEN = ("dead", "parked")
"""States in which a letter waits for somebody."""

_COLUMNS = (
    'id, consumer, topic, partition, "offset", key, headers, value, error, attempts, first_at, last_at, state,'
    " handled_by, handled_why"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A Kafka record as it was kept; fits `wire.Record`, so that it is read the same way again."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def key_of(record: Record) -> str:
    """The key by which events wait for each other; a key that is not text is shown in hexadecimal."""
    try:
        return (record.key or b"").decode().replace("\x00", "")
    except UnicodeDecodeError:
        return (record.key or b"").hex()


async def add(connection: Connection, consumer: str, record: Record, *, key: str, error: str, state: str) -> None:
    """Keep a record; `state` is `dead` or `parked`, `key` that of `key_of`, or empty where nothing must wait."""
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
    """What PostgreSQL takes as text."""
    return value.encode(errors="replace").decode().replace("\x00", "")


async def waiting_keys(connection: Connection, consumer: str, topic: str, keys: Sequence[str]) -> set[str]:
    """Those of `keys` behind which events must wait; none is redriven before the caller's transaction ends."""
    return {row["key"] for row in await connection.fetch(_KEYS, consumer, topic, list(keys))}


async def counts(connection: Connection) -> dict[str, int]:
    """How many there are in each state."""
    rows = await connection.fetch("SELECT state, count(*) AS n FROM dead_letter GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def find(connection: Connection, *, state: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The oldest first, without their values."""
    query = f"SELECT {_COLUMNS} FROM dead_letter WHERE ($1::text IS NULL OR state = $1) ORDER BY id LIMIT $2"  # noqa: S608 -- constant columns
    return [
        {name: value for name, value in row.items() if name != "value"}
        for row in await connection.fetch(query, state, limit)
    ]


async def load(connection: Connection, letter: int) -> dict[str, Any] | None:
    """One dead letter with its value, locked for the transaction."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS}, raw_key FROM dead_letter WHERE id = $1 FOR UPDATE", letter)  # noqa: S608 -- constant columns
    return dict(row) if row else None


async def of_key(connection: Connection, consumer: str, topic: str, key: str) -> list[int]:
    """The letters of one key that wait, in their order; no event joins them before the transaction ends."""
    await connection.execute(_FIRST, consumer, topic, key)
    return [row["id"] for row in await connection.fetch(_OF_KEY, consumer, topic, key)]


async def close(connection: Connection, letter: int, *, state: str, who: str, why: str) -> None:
    """Record what became of it (`redriven` or `discarded`), by whom and why."""
    await connection.execute(
        "UPDATE dead_letter SET state = $2, handled_by = $3, handled_why = $4, last_at = now() WHERE id = $1",
        letter,
        state,
        who,
        why,
    )


def envelope(letter: Mapping[str, Any]) -> Envelope:
    """Read a stored record again; raises `wire.Unreadable` where it is still unreadable."""
    return read(
        StoredRecord(
            topic=letter["topic"],
            partition=letter["partition"],
            offset=letter["offset"],
            key=letter["raw_key"],
            value=letter["value"],
            headers=[(name, bytes.fromhex(value)) for name, value in letter["headers"]],
        )
    )
