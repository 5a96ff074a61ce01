"""Changed answers: when and why somebody moved up, and what time and place were before they were changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("registration", sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("promotion_reason", sa.Text(), nullable=True))
    op.create_table(
        "meeting_move",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("old_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_venue", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("meeting_id", "sequence"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("meeting_move")
    op.drop_column("registration", "promotion_reason")
    op.drop_column("registration", "promoted_at")
