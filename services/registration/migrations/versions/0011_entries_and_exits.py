"""entries and exits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("check_in", sa.Column("method", sa.Text(), nullable=True))
    op.add_column("check_in", sa.Column("movement", sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE registration SET entered_at = checked_in_at WHERE checked_in_at IS NOT NULL")


def downgrade() -> None:
    """Undo."""
    op.drop_column("registration", "left_at")
    op.drop_column("registration", "entered_at")
    op.drop_column("check_in", "movement")
    op.drop_column("check_in", "method")
