"""Queries about dead letters: find them by reason, age, topic and key, count them, list the keys that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.database import Connection

_STATES: Final = {
    "open": "state IN ('dead', 'parked')",
    "dead": "state = 'dead'",
    "parked": "state = 'parked'",
    "redriven": "state = 'redriven'",
    "discarded": "state = 'discarded'",
}
_WANTED: Final = """
($1::text IS NULL OR error = $1) AND ($2::text IS NULL OR topic = $2) AND ($3::text IS NULL OR key = $3)
AND ($4::timestamptz IS NULL OR first_at < $4) AND ($5::timestamptz IS NULL OR first_at >= $5)
"""
_FIND: Final = """
SELECT id, consumer, topic, partition, "offset", key, error, attempts, first_at, last_at, state, handled_by, handled_why
FROM dead_letter WHERE {state} AND {wanted} AND id > $6 ORDER BY id LIMIT $7
"""
_COUNT: Final = """
SELECT state, topic, error, count(*) AS count, min(first_at) AS oldest, max(first_at) AS newest
FROM dead_letter WHERE {state} AND {wanted} GROUP BY state, topic, error ORDER BY count DESC, topic, error LIMIT $6
"""
_LINES: Final = """
WITH line AS (
  SELECT consumer, topic, key, min(id) AS first, count(*) AS count, min(first_at) AS since FROM dead_letter
  WHERE state IN ('dead', 'parked') AND key <> '' GROUP BY consumer, topic, key
  HAVING min(id) > $1 ORDER BY first LIMIT $2)
SELECT line.consumer, line.topic, line.key, line.first AS letter, d.error, line.count - 1 AS waiting, line.since
FROM line JOIN dead_letter d ON d.id = line.first ORDER BY line.first
"""
_OPEN: Final = """
SELECT topic, state, count(*) AS count, extract(epoch FROM now() - min(first_at))::float AS oldest
FROM dead_letter WHERE state IN ('dead', 'parked') GROUP BY topic, state
"""
_KEYS: Final = """
SELECT topic, count(DISTINCT (consumer, key)) AS count FROM dead_letter
WHERE state IN ('dead', 'parked') AND key <> '' GROUP BY topic
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterFilter:
    """Selects dead letters. `state` is a state of the table or `open`; the ages compare with `first_at`."""

    state: str = "open"
    reason: str | None = None
    topic: str | None = None
    key: str | None = None
    older_than: datetime | None = None
    newer_than: datetime | None = None

    def values(self) -> tuple[str | datetime | None, ...]:
        """The first arguments of every query."""
        return self.reason, self.topic, self.key, self.older_than, self.newer_than

    def query(self, template: str) -> str:
        """The SQL of `template` with the conditions of this filter."""
        return template.format(state=_STATES[self.state], wanted=_WANTED)


async def find(
    connection: Connection, wanted: DeadLetterFilter | None = None, *, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """The letters after the letter number `after`, the oldest first, without their contents."""
    wanted = wanted or DeadLetterFilter()
    return [dict(row) for row in await connection.fetch(wanted.query(_FIND), *wanted.values(), after, limit)]


async def count_by_reason(
    connection: Connection, wanted: DeadLetterFilter, *, limit: int = 200
) -> list[dict[str, Any]]:
    """The number of letters of each state, topic and reason, the most frequent first."""
    return [dict(row) for row in await connection.fetch(wanted.query(_COUNT), *wanted.values(), limit)]


async def waiting_lines(connection: Connection, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """The keys whose events wait: behind which letter, how many letters wait, and since when; oldest letter first."""
    return [dict(row) for row in await connection.fetch(_LINES, after, limit)]


async def count_open(connection: Connection) -> tuple[Sequence[dict[str, Any]], dict[str, int]]:
    """Values for the metrics: the open letters by topic and state, and the number of waiting keys by topic."""
    found = [dict(row) for row in await connection.fetch(_OPEN)]
    return found, {row["topic"]: row["count"] for row in await connection.fetch(_KEYS)}
