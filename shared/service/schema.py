"""Waiting until somebody else has migrated a database: what runs before a process where it must not migrate itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg
from alembic.script import ScriptDirectory

from shared.database import Database
from shared.kernel import Unavailable
from shared.migrations import KERNEL, configuration
from shared.observability.logging import Log, log
from shared.runtime import WAIT_SECONDS

_TABLES: Final = ("alembic_version_kernel", "alembic_version")


def newest_steps(folder: Path) -> tuple[str, str]:
    """The last step of the kernel, and of the service in `folder`, that this version of the code knows."""
    found = (ScriptDirectory.from_config(configuration(steps, "")) for steps in (KERNEL, folder))
    kernel, service = (str(steps.get_current_head() or "") for steps in found)
    return kernel, service


async def steps_of(database: Database) -> tuple[str, str]:
    """The last step of the kernel and of the service that an open database has had; empty where it has had none.

    Raises `Unavailable`.
    """
    kernel, service = [await _step(database, table) for table in _TABLES]
    return kernel, service


async def is_newer(database: Database, folder: Path) -> bool:
    """Whether an open database has had all steps of this version, and steps that it does not know.

    Raises `Unavailable`.
    """
    pairs = list(zip(await steps_of(database), newest_steps(folder), strict=True))
    return any(found > known for found, known in pairs) and all(found >= known for found, known in pairs)


async def wait_for_schema(database: Database, folder: Path, *, stop: asyncio.Event, beat: Callable[[], None]) -> bool:
    """Return True when the open database has had all steps that this version knows, False if `stop` is set before.

    A database that is newer is accepted: a migration never breaks the version before it.
    """
    wanted, logged = newest_steps(folder), False
    while not stop.is_set():
        beat()
        found = await _steps_or_none(database)
        if found is not None and all(one >= other for one, other in zip(found, wanted, strict=True)):
            return True
        if not logged:
            reason = f"found {found and '/'.join(found)}, needed {'/'.join(wanted)}"
            log.warning(Log.WAITING, part="schema", reason=reason)
            logged = True
        await asyncio.sleep(WAIT_SECONDS)
    return False


async def _steps_or_none(database: Database) -> tuple[str, str] | None:
    try:
        return await steps_of(database)
    except Unavailable:
        return None


async def _step(database: Database, table: str) -> str:
    try:
        async with database.reading() as connection:
            return str(await connection.fetchval(f"SELECT version_num FROM {table}") or "")  # noqa: S608 -- ours
    except asyncpg.UndefinedTableError:
        return ""
