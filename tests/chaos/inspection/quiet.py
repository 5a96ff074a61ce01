"""Waiting for the last ripple: a gateway may still call back after the system itself has come to rest."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import asyncpg
import httpx

from tests.chaos.inspection.topics import ends_of

PATIENCE_SECONDS: Final = 120.0
LOOKS: Final = 3
"""So often in a row everything must look the same, with nothing under way."""

_LOOK_SECONDS: Final = 1.0
_TAKEN: Final = "SELECT (SELECT count(*) FROM outbox) AS pending, (SELECT count(*) FROM inbox) AS taken"

Look: TypeAlias = tuple[Any, ...]


async def quiet(found: Mapping[str, Any]) -> None:
    """Return when nothing moves any more, or after a while: then the history will show what moved."""
    until, same, before = time.monotonic() + PATIENCE_SECONDS, 1, await _look(found)
    while (same < LOOKS or _under_way(before)) and time.monotonic() < until:
        await asyncio.sleep(_LOOK_SECONDS)
        now = await _look(found)
        same, before = (same + 1 if now == before else 1), now


def _under_way(look: Look) -> bool:
    """Receipts that the gateway owes, or facts in an outbox."""
    receipts, databases, _ = look
    return bool(receipts) or any(pending for pending, _ in databases)


async def _look(found: Mapping[str, Any]) -> Look:
    async with httpx.AsyncClient(timeout=60.0, trust_env=False) as client:
        counted = (await client.get(f"{found['services']['sms']}/messages/count")).raise_for_status().json()
    databases = [await _count(uri) for uri in found["databases"].values()]
    return counted["receipts_pending"], tuple(databases), await ends_of(found["kafka"])


async def _count(uri: str) -> tuple[int, int]:
    connection = await asyncpg.connect(uri)
    try:
        row = await connection.fetchrow(_TAKEN)
    finally:
        await connection.close()
    return (row["pending"], row["taken"]) if row else (0, 0)
