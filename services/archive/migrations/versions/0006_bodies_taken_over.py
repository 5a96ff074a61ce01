"""bodies taken over: whose records a body may see beside its own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "taken_over",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("taken_over_by", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("taken_over")
