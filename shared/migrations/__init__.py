"""Runs schema migrations with Alembic: first those of the kernel's tables, then those of the service.

The kernel's tables are in the database of every service. Their migrations are in `versions/` here and have their own
version table; the migrations of a service are in its `migrations/versions/`.
"""

from pathlib import Path
from typing import Final

from alembic import command, op
from alembic.config import Config
from sqlalchemy import MetaData

KERNEL: Final = Path(__file__).parent


def upgrade(folder: Path, dsn: str) -> None:
    """Migrate the database at `dsn` to the newest version; `folder` has the migrations of the service.

    It may be repeated, and waits while another process migrates the same database.
    """
    for steps in (KERNEL, folder):
        command.upgrade(configuration(steps, dsn), "head")


def oldest_version(step: str) -> None:
    """Called in a step that breaks older versions: those that do not know `step` of the same table of versions wait.

    The processes read it as the comment of that table (`shared/schema`).
    """
    op.execute(f"COMMENT ON TABLE {op.get_context().version_table} IS '{step}'")


def configuration(folder: Path, dsn: str, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration for `folder/versions`; `metadata` is the schema to compare a database with."""
    config = Config()
    for name, place in (("script_location", KERNEL), ("version_locations", folder / "versions")):
        config.set_main_option(name, str(place).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(dsn=dsn, metadata=metadata, kernel=folder == KERNEL)
    return config
