"""Schema migrations, run by Alembic: the kernel's own steps first, then those of the service; repeatable, and locked.

The kernel's tables are in the database of every service. Their steps are in `versions/` here, with a version table of
their own, so that no service repeats them; the steps of a service are in its `migrations/versions/`.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

KERNEL: Final = Path(__file__).parent


def upgrade(folder: Path, dsn: str) -> None:
    """Bring the database at `dsn` to the newest steps of the kernel and of the service in `folder`.

    Waits for others who do the same; a database that an earlier version has made keeps all its rows.
    """
    for steps in (KERNEL, folder):
        command.upgrade(configuration(steps, dsn), "head")


def configuration(folder: Path, dsn: str, metadata: MetaData | None = None) -> Config:
    """How Alembic runs the steps in `folder/versions`; `metadata` is what a comparison takes for the wanted schema."""
    config = Config()
    for name, place in (("script_location", KERNEL), ("version_locations", folder / "versions")):
        config.set_main_option(name, str(place).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(dsn=dsn, metadata=metadata, kernel=folder == KERNEL)
    return config
