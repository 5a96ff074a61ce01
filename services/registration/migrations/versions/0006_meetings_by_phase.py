"""meetings by phase: an index that alone tells how many there are."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_index("meeting_phase", "meeting", ["phase"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("meeting_phase", table_name="meeting")
