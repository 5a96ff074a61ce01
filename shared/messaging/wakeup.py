"""Wakes the relay and the workers of all processes after a commit, with PostgreSQL's LISTEN and NOTIFY.

A NOTIFY inside the business transaction would serialise all commits (measured: 4,221 → 722 tps at 16 clients). So it
is sent after the commit on its own connection, one for many commits; if it is lost, polling finds the rows.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from shared.database import Database
from shared.observability.faults import resolve
from shared.observability.retrying import until_it_works

CHANNEL = "pasum_wake"


class Notifier:
    """Sends one NOTIFY for all commits since the last one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = asyncio.Event()
        database.on_commit.append(self._wanted.set)

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Run until `stop` is set; reconnects after a broken connection."""
        await until_it_works(
            "notifier", lambda: self._serve(stop, beat), explain=self._database.explain, stop=stop, beat=beat
        )

    async def _serve(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        connection = await self._database.connect()
        try:
            await connection.execute("SET synchronous_commit = off")  # the rows it announces are already on disk
            resolve("notifier")
            while not stop.is_set():
                beat()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), 1.0)
                    self._wanted.clear()
                    await connection.execute(f"NOTIFY {CHANNEL}")
        finally:
            connection.terminate()


async def listen(connection: "asyncpg.Connection[asyncpg.Record]") -> asyncio.Event:
    """Listen on this connection; returns an event that is set after each commit of work in this database."""
    woken = asyncio.Event()

    def wake(*_: object) -> None:
        woken.set()

    await connection.add_listener(CHANNEL, wake)
    return woken
