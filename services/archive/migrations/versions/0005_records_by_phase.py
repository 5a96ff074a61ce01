"""records by phase: an index that alone tells how many there are."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_index("record_phase", "record", ["phase"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("record_phase", table_name="record")
