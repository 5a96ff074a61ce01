"""Alembic's entry point: runs the migrations of `shared.migrations.configuration`, one process at a time."""

import asyncio
from typing import Final

import asyncpg
from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.migrations.adoption import adopt_kernel, adopt_service
from shared.tables import METADATA

_LOCK: Final = 0x5041_5355_4D  # "PASUM"
_SERVICE, _KERNEL = "alembic_version", "alembic_version_kernel"


async def _online() -> None:
    dsn: str = context.config.attributes["dsn"]
    # asyncpg reads the DSN, as it does for the service: SQLAlchemy would not know `sslmode` and its like.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


def _migrate(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.commit()
    kernel: bool = context.config.attributes["kernel"]
    context.configure(
        connection=connection,
        version_table=_KERNEL if kernel else _SERVICE,
        target_metadata=METADATA if kernel else context.config.attributes["metadata"],
        include_name=_of_kernel if kernel else _of_service,
        compare_server_default=False,
    )
    with context.begin_transaction():
        adopt = adopt_kernel if kernel else adopt_service
        adopt(context.get_context(), context.script)
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
    connection.commit()


def _of_kernel(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a comparison of the kernel's tables includes this object."""
    return kind != "table" or name in METADATA.tables


def _of_service(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a comparison of a service's tables includes this object."""
    return kind != "table" or name not in {*METADATA.tables, _KERNEL}


asyncio.run(_online())
