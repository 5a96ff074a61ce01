"""clocks and desks of scans."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("check_in", sa.Column("came_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("check_in", sa.Column("clock_skew", sa.BigInteger(), nullable=True))
    op.add_column("check_in", sa.Column("would_have_been_refused", sa.Text(), nullable=True))
    op.add_column("check_in", sa.Column("checked_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo."""
    for column in ("checked_by", "would_have_been_refused", "clock_skew", "came_at"):
        op.drop_column("check_in", column)
