"""The schema that a version of a service needs: which steps a database has had, and waiting for the others."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from shared.database import Database
from shared.observability.faults import Fault, Faulty, expected
from shared.observability.retrying import until_it_works

_KERNEL: Final = Path(__file__).parents[1] / "migrations"
_TABLES: Final = ("alembic_version_kernel", "alembic_version")
_STEP: Final = "SELECT version_num FROM {table}"
_OLDEST: Final = "SELECT obj_description('{table}'::regclass, 'pg_class')"


def newest_steps(folder: Path) -> tuple[str, str]:
    """The last step of the kernel, and of the service in `folder`, that this version of the code knows.

    Read from the names of the files, `<step>_<name>.py`: a process that serves does not load Alembic.
    """
    kernel, service = (
        max(file.name.partition("_")[0] for file in (steps / "versions").glob("[0-9]*_*.py"))
        for steps in (_KERNEL, folder)
    )
    return kernel, service


async def steps_of(database: Database) -> tuple[str, str]:
    """The last step of the kernel and of the service that an open database has had; empty where it has had none.

    Raises `Faulty`.
    """
    kernel, service = [await _in(database, table, _STEP) for table in _TABLES]
    return kernel, service


async def is_newer(database: Database, folder: Path) -> bool:
    """Whether an open database has had all steps of this version, and steps that it does not know.

    Raises `Faulty`.
    """
    pairs = list(zip(await steps_of(database), newest_steps(folder), strict=True))
    return any(found > known for found, known in pairs) and all(found >= known for found, known in pairs)


async def check_schema(database: Database, folder: Path) -> None:
    """Return if an open database has had all steps that this version knows; raises `Faulty`.

    A database that is newer is accepted, as a migration never breaks the version before it. A step that breaks older
    versions says so with `oldest_version` (`shared/migrations`).
    """
    found, needed = await steps_of(database), newest_steps(folder)
    what = f"found {_shown(found)}, needed {_shown(needed)}"
    if any(one < other for one, other in zip(found, needed, strict=True)):
        raise Faulty(Fault.SCHEMA_TOO_OLD, what)
    oldest = [await _in(database, table, _OLDEST) for table in _TABLES]
    if any(one < other for one, other in zip(needed, oldest, strict=True)):
        raise Faulty(Fault.SCHEMA_TOO_NEW, f"{what}, supports from {_shown(oldest)}")


async def wait_for_schema(database: Database, folder: Path, *, stop: asyncio.Event, beat: Callable[[], None]) -> bool:
    """Return True when `check_schema` is content, False if `stop` is set before."""
    return await until_it_works(
        "schema", lambda: check_schema(database, folder), explain=expected, stop=stop, beat=beat
    )


def _shown(steps: Sequence[str]) -> str:
    return "/".join(step or "nothing" for step in steps)


async def _in(database: Database, table: str, query: str) -> str:
    """What a query about a table of versions returns; empty if the table is not there."""
    try:
        async with database.reading() as connection:
            return str(await connection.fetchval(query.format(table=table)) or "")
    except asyncpg.UndefinedTableError:
        return ""
