"""Every service's database grows from nothing to what its tables say, and back."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from alembic import command

from shared.migrations import configuration, upgrade

SERVICES = Path(__file__).parents[2] / "services"
FOLDERS = pytest.mark.parametrize(
    "folder", sorted(SERVICES.glob("*/migrations")), ids=lambda folder: folder.parent.name
)


async def at_once(*acts: Callable[[], object]) -> None:
    """Run `acts` in threads of their own: Alembic brings its own event loop."""
    await asyncio.gather(*(asyncio.to_thread(act) for act in acts))


async def relations(dsn: str) -> set[str]:
    """The tables of a database."""
    connection = await asyncpg.connect(dsn)
    try:
        return {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    finally:
        await connection.close()


@FOLDERS
async def test_the_newest_schema_is_what_the_tables_say(folder: Path, dsn: str) -> None:
    await at_once(lambda: upgrade(folder, dsn))
    await at_once(lambda: command.check(configuration(folder, dsn)))  # raises where autogenerate finds a difference


@FOLDERS
async def test_a_schema_can_be_taken_back(folder: Path, dsn: str) -> None:
    await at_once(lambda: upgrade(folder, dsn))
    await at_once(lambda: command.downgrade(configuration(folder, dsn), "base"))
    assert await relations(dsn) == {"alembic_version"}


@FOLDERS
async def test_a_second_upgrade_changes_nothing(folder: Path, dsn: str) -> None:
    await at_once(lambda: upgrade(folder, dsn))
    before = await relations(dsn)
    await at_once(lambda: upgrade(folder, dsn))
    assert await relations(dsn) == before
