"""Databases of versions in which each service migrated the kernel's tables itself: which steps they have had."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_COLLATION = "SELECT collation_name FROM information_schema.columns WHERE table_name = 'job' AND column_name = 'key'"


def steps_of_kernel(connection: Connection) -> str | None:
    """The last step of the kernel that the tables show; None where there are none of its tables yet."""
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
    """Write down the steps of the kernel that a database has had, where nobody has done so."""
    connection = migration.connection
    if migration.get_current_heads() or connection is None:
        return
    found = steps_of_kernel(connection)
    if found is not None:
        migration.stamp(steps, found)


def adopt_service(migration: MigrationContext, steps: ScriptDirectory) -> None:
    """Where the last step was one of the kernel's, which the service has no more: stand at the one before it."""
    connection, known = migration.connection, sorted(step.revision for step in steps.walk_revisions())
    for current in migration.get_current_heads():
        if connection is not None and current not in known and current < known[-1]:
            before = max(step for step in known if step < current)
            connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
