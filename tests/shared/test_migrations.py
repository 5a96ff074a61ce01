"""Every service's database grows from nothing, or from what an earlier version made, to what its tables say."""

import asyncio
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from shared.contracts import SERVICE_NAMES
from shared.migrations import KERNEL, configuration, upgrade
from shared.tables import METADATA
from tests.migration import wanted, write

OLDER: Final = Path(__file__).parent / "older_databases"
"""What Alembic printed for each service while it still migrated the kernel's tables itself."""
WITH_OLDER: Final = [name for name in SERVICE_NAMES if (OLDER / f"{name}.sql").exists()]
ROWS: Final = (OLDER / "rows.sql").read_text(encoding="utf-8")
KEPT: Final = re.findall(r"INSERT INTO (\w+)", ROWS)
STEP: Final = re.compile(r"^-- Running upgrade .*-> (\d+)$", re.MULTILINE)
VERSIONS: Final = {"alembic_version", "alembic_version_kernel"}

each_service = pytest.mark.parametrize("service", SERVICE_NAMES)
each_schema = pytest.mark.parametrize("schema", [*SERVICE_NAMES, "kernel"])


def folder_of(schema: str) -> Path:
    """Where the migrations of a service, or of the kernel, are."""
    return wanted(schema)[0]


def older(service: str) -> dict[str, str]:
    """Revision → the statements that lead to it from the one before."""
    begun, *parts = STEP.split((OLDER / f"{service}.sql").read_text(encoding="utf-8").removesuffix("COMMIT;\n"))
    steps = dict(zip(parts[::2], parts[1::2], strict=True))
    return {**steps, "0001": begun.removeprefix("BEGIN;\n") + steps["0001"] + ROWS}


async def relations(dsn: str) -> set[str]:
    """The tables of a database."""
    connection = await asyncpg.connect(dsn)
    try:
        return {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    finally:
        await connection.close()


async def kept(connection: asyncpg.Connection) -> dict[str, Any]:
    """The rows of each table of the kernel, without the column that has gone."""
    found = {table: await connection.fetch(f"SELECT * FROM {table}") for table in KEPT}  # noqa: S608 -- names of ours
    return {table: [{**row, "lane": None} for row in rows] for table, rows in found.items()}


async def check(dsn: str, *schemas: str) -> None:
    """Raise where autogenerate finds a difference between the database and the tables."""
    for schema in schemas:
        folder, metadata = wanted(schema)
        await asyncio.to_thread(command.check, configuration(folder, dsn, metadata))


@each_schema
async def test_the_newest_schema_is_what_the_tables_say(schema: str, dsn: str) -> None:
    await asyncio.to_thread(upgrade, folder_of(schema), dsn)
    await check(dsn, schema, "kernel")


@each_service
async def test_a_schema_can_be_taken_back(service: str, dsn: str) -> None:
    folder = folder_of(service)
    await asyncio.to_thread(upgrade, folder, dsn)
    await asyncio.to_thread(command.downgrade, configuration(folder, dsn), "base")
    assert await relations(dsn) == {*METADATA.tables, *VERSIONS}
    await asyncio.to_thread(command.downgrade, configuration(KERNEL, dsn), "base")
    assert await relations(dsn) == VERSIONS


@each_service
async def test_a_second_upgrade_changes_nothing(service: str, dsn: str) -> None:
    await asyncio.to_thread(upgrade, folder_of(service), dsn)
    before = await relations(dsn)
    await asyncio.to_thread(upgrade, folder_of(service), dsn)
    assert await relations(dsn) == before


@pytest.mark.parametrize(("service", "last"), [(name, revision) for name in WITH_OLDER for revision in older(name)])
async def test_a_database_of_an_earlier_version_is_brought_up_and_keeps_its_rows(
    service: str, last: str, dsn: str
) -> None:
    connection = await asyncpg.connect(dsn)
    for statements in (text for revision, text in older(service).items() if revision <= last):
        await connection.execute(statements)
    before = await kept(connection)
    await asyncio.to_thread(upgrade, folder_of(service), dsn)
    await check(dsn, service, "kernel")
    after = await kept(connection)
    await connection.close()
    assert (after, {len(rows) for rows in after.values()}) == (before, {1})


async def test_a_database_of_a_later_version_is_left_alone(dsn: str) -> None:
    await asyncio.to_thread(upgrade, folder_of("archive"), dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CommandError, match="9999"):
        await asyncio.to_thread(upgrade, folder_of("archive"), dsn)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999"
    await connection.close()


async def test_the_next_migration_is_written_from_the_tables(dsn: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(folder_of("archive") / "versions", folder / "versions")
    grown = MetaData()
    for table in import_module("services.archive.tables").METADATA.sorted_tables:
        table.to_metadata(grown)
    Table("visitor", grown, Column("id", BigInteger, primary_key=True), Column("name", Text, nullable=False))
    written = await asyncio.to_thread(write, folder, dsn, grown, "visitors: who came")
    assert written.name == "0008_visitors_who_came.py"
    assert re.findall(r"op\.\w+\(\s*\"\w+\"", re.sub(r"\s+", "", written.read_text(encoding="utf-8"))) == [
        'op.create_table("visitor"',
        'op.drop_table("visitor"',
    ]
    await asyncio.to_thread(upgrade, folder, dsn)
    assert "visitor" in await relations(dsn)


async def test_the_first_migration_of_a_new_service_holds_its_own_tables_only(dsn: str, tmp_path: Path) -> None:
    metadata = MetaData()
    Table("request", metadata, Column("id", BigInteger, primary_key=True))
    written = await asyncio.to_thread(write, tmp_path, dsn, metadata, "initial schema")
    assert (written.name, re.findall(r"create_table\(\s*\"(\w+)\"", written.read_text(encoding="utf-8"))) == (
        "0001_initial_schema.py",
        ["request"],
    )
    await asyncio.to_thread(upgrade, tmp_path, dsn)
    assert await relations(dsn) == {"request", *METADATA.tables, *VERSIONS}
