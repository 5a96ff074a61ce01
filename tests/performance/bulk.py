"""A list of 50,000 persons through the bulk route, until their facts are on the bus and notification knows them all.

Registration's `api` and `relay` and notification's `consumer` run, each a process of its own. The workers do not: the
tickets and messages that follow are theirs, and wait as jobs.
"""

import asyncio
import time

import asyncpg
from rich.console import Console

from deploy.local.system import System
from tests.performance import http_registrations
from tests.performance.bench_environment import FOLDER, analyse
from tests.performance.figures import Figure, alone
from tests.performance.load import post, send

PERSONS = 50_000
CHUNK = 500
WARM_UP = 2  # chunks
_POLL = 0.5


def measure(console: Console) -> dict[str, Figure]:
    """Seconds from the first chunk to the last person known, and the route's part of them."""
    with System(FOLDER / "bulk", fresh=True) as started:
        started.start_only(registration="api,relay", notification="consumer")
        (meeting,) = http_registrations.open_meetings(started, count=1)
        asyncio.run(_send(started, meeting, chunks=WARM_UP))
        analyse(started, "registration")
        began = time.monotonic()
        accepted = asyncio.run(_send(started, meeting, chunks=PERSONS // CHUNK))
        console.print(f"  {PERSONS:,} registrations accepted after {accepted:.1f} s")
        published = asyncio.run(_emptied(started.stack.dsn("registration"))) - began
        known = asyncio.run(_known(started.stack.dsn("notification"))) - began
    note = f"{PERSONS:,} persons in chunks of {CHUNK}; two facts and a job each"
    return {
        "bulk registration: accepted": alone(round(accepted, 1), unit="s", note=note),
        "bulk registration: facts published": alone(round(published, 1), unit="s", note=note),
        "bulk registration": alone(round(known, 1), unit="s", note=f"{note}; persons known to notification"),
    }


async def _send(started: System, meeting: str, *, chunks: int) -> float:
    headers = {"authorization": f"Bearer {http_registrations.organiser(started)}"}
    path = f"/v1/meetings/{meeting}/registrations/bulk"
    rows = [[http_registrations.somebody() for _ in range(CHUNK)] for _ in range(chunks)]
    return await send(
        started.urls["registration"], [post(path, {"rows": some}, **headers) for some in rows], connections=2
    )


async def _emptied(dsn: str) -> float:
    return await _when(dsn, "SELECT NOT EXISTS (SELECT FROM outbox)")


async def _known(dsn: str) -> float:
    return await _when(dsn, "SELECT count(*) > $1 FROM person", PERSONS + WARM_UP * CHUNK)  # and the chair


async def _when(dsn: str, query: str, *arguments: int) -> float:
    """The moment at which `query` says true."""
    connection = await asyncpg.connect(dsn)
    while not await connection.fetchval(query, *arguments):  # noqa: ASYNC110 -- the database tells
        await asyncio.sleep(_POLL)
    await connection.close()
    return time.monotonic()
