"""Schema migrations of a service, run by Alembic: locked, so that many replicas may try at once, and repeatable."""

import asyncio
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

LOCK = 0x5041_5355_4D  # "PASUM"


def upgrade(folder: Path, dsn: str) -> None:
    """Bring the database at `dsn` to the newest revision in `folder`; waits for others who do the same."""
    command.upgrade(configuration(folder, dsn), "head")


def configuration(folder: Path, dsn: str) -> Config:
    """An Alembic configuration without a file."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["dsn"] = dsn
    return config


def run(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` does; offline mode prints the SQL."""
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    asyncio.run(_online(context.config.attributes["dsn"], metadata))


async def _online(dsn: str, metadata: MetaData) -> None:
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    connection.commit()
