"""The parts of a process that stand for something outside: the database, its schema, keys of others, a store."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.database import Database
from shared.observability.faults import Faulty, expected, forget, report, resolve
from shared.observability.retrying import until_it_works


class Needed:
    """Something outside without which the process cannot work, as a part: it is waited for, and then looked after.

    `check` returns if it can be used, and raises `Faulty` if not.
    """

    def __init__(self, name: str, check: Callable[[], Awaitable[object]]) -> None:
        self.name = name
        self._check = check

    async def start(self) -> None:
        """Wait until it can be used; says why it cannot."""
        await self._wait(self._check)

    async def ended(self) -> None:
        """Wait for ever."""
        await asyncio.Future()

    async def stop(self) -> None:
        """Look after it no longer."""
        forget(self.name)

    def healthy(self) -> bool:
        """Always true: a restart of this process does not help what is outside."""
        return True

    async def ready(self) -> bool:
        """Whether it can be used now."""
        try:
            await self._check()
        except Faulty as faulty:
            report(self.name, faulty)
            return False
        resolve(self.name)
        return True

    async def _wait(self, attempt: Callable[[], Awaitable[object]]) -> None:
        await until_it_works(self.name, attempt, explain=expected, stop=asyncio.Event(), beat=lambda: None)


class DatabasePart(Needed):
    """The database connection pool as a part of a process."""

    def __init__(self, database: Database) -> None:
        super().__init__("database", database.check)
        self._database = database

    async def start(self) -> None:
        """Connect; waits as long as PostgreSQL cannot be used."""
        await self._wait(self._database.open)

    async def stop(self) -> None:
        """Close the connections, once they are not in use."""
        await self._database.close()
        await super().stop()
