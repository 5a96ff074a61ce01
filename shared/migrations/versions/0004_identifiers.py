"""identifiers: compared byte by byte."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IDENTIFIERS = (
    ("outbox_parked", ("topic", "key")),
    ("inbox", ("consumer", "source", "event_id")),
    ("stream_position", ("consumer", "source", "subject")),
    ("dead_letter", ("consumer", "topic", "key")),
    ("job", ("kind", "name", "key")),
    ("idempotency_key", ("actor", "key")),
)


def upgrade() -> None:
    """Builds the indexes of these columns anew, with their tables locked."""
    _compare_as("C")


def downgrade() -> None:
    """Undo."""
    _compare_as("default")


def _compare_as(collation: str) -> None:
    for table, columns in IDENTIFIERS:
        changes = ", ".join(f'ALTER COLUMN "{column}" TYPE text COLLATE "{collation}"' for column in columns)
        op.execute(f"ALTER TABLE {table} {changes}")
