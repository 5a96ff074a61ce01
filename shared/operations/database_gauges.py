"""Counts what a service shows of its database, in one process of the service, every 15 seconds.

Of the processes that run this loop, the one with the advisory lock counts; the others expose nothing, so that the
database answers once however many replicas there are and however often they are scraped. A process that can no longer
count (PostgreSQL does not answer, another has the lock) takes its values away: an old value would look like a new one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from prometheus_client import Gauge

from shared.database import Connection, Database
from shared.observability.faults import resolve
from shared.observability.gauges import GaugeValues, replace_values, take_away
from shared.observability.retrying import pause, until_it_works

PART: Final = "gauges"
EVERY_SECONDS: Final = 15.0
_CLAIM: Final = "SELECT pg_try_advisory_lock(hashtextextended('database gauges', 0))"

CountGauges: TypeAlias = Callable[[Connection], Awaitable[GaugeValues]]
"""Counts the gauges of a service with a few cheap queries."""


class DatabaseGauges:
    """The loop that counts the gauges of a service; run it in as many processes as you like."""

    def __init__(self, database: Database, count: CountGauges) -> None:
        self._database = database
        self._count = count
        self._counted: set[Gauge] = set()

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Count until `stop` is set; after a failure it begins again with a new connection. Calls `beat`."""
        await until_it_works(
            PART, lambda: self._serve(stop, beat), explain=self._database.explain, stop=stop, beat=beat
        )

    async def _serve(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        connection, leading = await self._database.connect(), False
        try:
            while not stop.is_set():
                beat()
                leading = leading or await connection.fetchval(_CLAIM)
                if leading:
                    values = await self._count(connection)
                    self._counted |= values.keys()
                    replace_values(values)
                resolve(PART)
                await pause(stop, EVERY_SECONDS)
        finally:
            take_away(self._counted)
            connection.terminate()
