"""Adopts older databases, in which each service migrated the kernel's tables itself: finds their kernel version."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_COLLATION = """
SELECT collation_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = 'job' AND column_name = 'key'
"""

_WERE_OF_KERNEL = frozenset({"0002", "0003", "0004"})
"""Steps that each service had for the kernel's tables; another step that is not known is refused by Alembic."""


def steps_of_kernel(connection: Connection) -> str | None:
    """The kernel version of the existing tables; None if there are no kernel tables yet."""
    seen = inspect(connection)
    tables = seen.get_table_names()
    if "outbox" not in tables:
        return None
    if "operator_action" not in tables:
        return "0001"
    if "lane" in {column["name"] for column in seen.get_columns("outbox")}:
        return "0002"
    return "0004" if connection.scalar(text(_COLLATION)) == "C" else "0003"


def adopt_kernel(migration: MigrationContext, steps: ScriptDirectory) -> None:
    """Store the kernel version of an older database that has tables but no version yet."""
    connection = migration.connection
    if migration.get_current_heads() or connection is None:
        return
    found = steps_of_kernel(connection)
    if found is not None:
        migration.stamp(steps, found)


def adopt_service(migration: MigrationContext, steps: ScriptDirectory) -> None:
    """If the version of the service is a kernel migration that it no longer has, set it to the one before that."""
    connection, known = migration.connection, sorted(step.revision for step in steps.walk_revisions())
    for current in migration.get_current_heads():
        if connection is not None and current in _WERE_OF_KERNEL and current not in known and current < known[-1]:
            before = max(step for step in known if step < current)
            connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
