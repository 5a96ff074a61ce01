"""A process can wait until somebody else has migrated its database; a newer schema is new enough."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from shared.database import Database
from shared.migrations import upgrade
from shared.schema import is_newer, newest_steps, steps_of, wait_for_schema
from tests.migration import wanted

FOLDER: Final[Path] = wanted("archive")[0]


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """An open and empty database."""
    database = Database(dsn, pool_size=2)
    await database.open()
    yield database
    await database.close()


class Waiting:
    """Somebody who waits for the schema of the archive; `turns` counts how often it was looked for."""

    def __init__(self, database: Database) -> None:
        self.turns, self.stop = asyncio.Semaphore(0), asyncio.Event()
        self.task = asyncio.create_task(wait_for_schema(database, FOLDER, stop=self.stop, beat=self.turns.release))

    async def looked(self, times: int) -> None:
        """Return when it has looked so often."""
        for _ in range(times):
            await self.turns.acquire()


async def test_it_ends_when_the_database_is_migrated(database: Database) -> None:
    waiting = Waiting(database)
    await waiting.looked(2)
    assert (await steps_of(database), waiting.task.done()) == (("", ""), False)
    await asyncio.to_thread(upgrade, FOLDER, database.dsn)
    assert (await waiting.task, await steps_of(database)) == (True, newest_steps(FOLDER))
    assert await is_newer(database, FOLDER) is False


@pytest.mark.parametrize(
    ("table", "step", "enough"),
    [
        ("alembic_version", "9999", True),
        ("alembic_version", "0000", False),
        ("alembic_version_kernel", "9999", True),
        ("alembic_version_kernel", "0000", False),
    ],
)
async def test_a_newer_schema_is_enough_and_an_older_one_is_not(
    database: Database, table: str, step: str, *, enough: bool
) -> None:
    await asyncio.to_thread(upgrade, FOLDER, database.dsn)
    async with database.transaction() as connection:
        await connection.execute(f"UPDATE {table} SET version_num = '{step}'")  # noqa: S608 -- names of ours
    assert await is_newer(database, FOLDER) is enough
    waiting = Waiting(database)
    await waiting.looked(1 if enough else 2)
    waiting.stop.set()
    assert await waiting.task is enough


async def test_it_ends_when_it_is_told_to_stop(database: Database) -> None:
    waiting = Waiting(database)
    await waiting.looked(1)
    waiting.stop.set()
    assert await waiting.task is False
