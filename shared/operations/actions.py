"""The audit log of operators: one row per act, written in the transaction of the act, kept for ever."""

from dataclasses import dataclass
from typing import Any

from shared.database import Connection
from shared.observability.logging import Log, log

_NOTE = "INSERT INTO operator_action (who, act, what, why, count) VALUES ($1, $2, $3, $4, $5)"
_FIND = """
SELECT id, at, who, act, what, why, count FROM operator_action WHERE id < $1 ORDER BY id DESC LIMIT $2
"""
_NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedBy:
    """Who acts (the subject of the token) and why."""

    who: str
    why: str


async def note(connection: Connection, by: ActedBy, act: str, what: str, *, count: int = 1) -> None:
    """Record an act in the transaction of `connection`.

    `act` is one of our own words (`redrive-letters`); `what` names the object of the act, without personal data.
    """
    await connection.execute(_NOTE, by.who, act, what, by.why, count)
    log.info(Log.OPERATOR_ACTED, what=act, actor=by.who, count=count)


async def find(connection: Connection, *, before: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The acts before the act number `before`, the newest first."""
    return [dict(row) for row in await connection.fetch(_FIND, before or _NEWEST, limit)]
