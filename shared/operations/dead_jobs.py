"""Dead jobs, whose attempts have all failed: list them, let the workers try again, or discard them."""

from collections.abc import Sequence
from typing import Any, Final

from shared.database import Connection
from shared.operations.actions import ActedBy, note

MOST: Final = 1_000
"""The most jobs that `lock_some` returns, so that one call redrives or discards."""

_WANTED = "state = 'dead' AND ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR error = $2)"
_FIND = f"""
SELECT id, kind, name, key, error, attempts, created_at, finished_at FROM job
WHERE {_WANTED} AND id > $3 ORDER BY id LIMIT $4
"""  # noqa: S608 -- constants
_COUNT = """
SELECT kind, error, count(*) AS count, min(finished_at) AS oldest FROM job WHERE state = 'dead'
GROUP BY kind, error ORDER BY count DESC, kind, error
"""
_LOAD = """
SELECT id, kind, name, key, payload, error, attempts, created_at, due_at, deadline, finished_at, state FROM job
WHERE id = $1
"""
# `attempts` becomes 1, not 0: effects may depend on whether the job was tried before. A deadline is extended by its
# original duration.
_READY = """
UPDATE job SET state = 'ready', attempts = 1, due_at = now(), finished_at = NULL, error = NULL,
               deadline = now() + (deadline - created_at)
WHERE id = ANY($1::bigint[]) AND state = 'dead' RETURNING id
"""
_DISCARDED = """
UPDATE job SET state = 'discarded', finished_at = now() WHERE id = ANY($1::bigint[]) AND state = 'dead' RETURNING id
"""
_LOCK = f"SELECT id FROM job WHERE {_WANTED} ORDER BY id LIMIT $3 FOR UPDATE"  # noqa: S608 -- constants


async def find(
    connection: Connection, *, kind: str | None = None, reason: str | None = None, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Dead jobs after the job number `after`, the oldest first, without their payload."""
    return [dict(row) for row in await connection.fetch(_FIND, kind, reason, after, limit)]


async def count_by_reason(connection: Connection) -> list[dict[str, Any]]:
    """The number of dead jobs of each kind and reason, the most frequent first."""
    return [dict(row) for row in await connection.fetch(_COUNT)]


async def load(connection: Connection, job: int) -> dict[str, Any] | None:
    """One job in any state, or None."""
    row = await connection.fetchrow(_LOAD, job)
    return dict(row) if row else None


async def redrive(connection: Connection, jobs: Sequence[int], by: ActedBy) -> int:
    """Let the workers try these jobs again at once, with all attempts but one; returns how many of them were dead."""
    return await _change(connection, _READY, act="redrive-jobs", jobs=jobs, by=by)


async def discard(connection: Connection, jobs: Sequence[int], by: ActedBy) -> int:
    """Discard these jobs for ever; returns how many of them were dead."""
    return await _change(connection, _DISCARDED, act="discard-jobs", jobs=jobs, by=by)


async def lock_some(connection: Connection, *, kind: str | None, reason: str | None) -> list[int]:
    """Lock and return the oldest dead jobs of a kind and reason (None: any), at most `MOST`."""
    return [row["id"] for row in await connection.fetch(_LOCK, kind, reason, MOST)]


async def _change(connection: Connection, query: str, *, act: str, jobs: Sequence[int], by: ActedBy) -> int:
    changed = [row["id"] for row in await connection.fetch(query, sorted(jobs))]
    if changed:
        what = f"job {changed[0]}" if len(changed) == 1 else f"jobs {min(changed)} to {max(changed)}"
        await note(connection, by, act, what, count=len(changed))
    return len(changed)
