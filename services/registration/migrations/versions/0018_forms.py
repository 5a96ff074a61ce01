"""forms: what people are asked when they register."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "meeting_form",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("meeting_id", "version"),
    )
    op.add_column("meeting", sa.Column("form_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("meeting", "form_version")
    op.drop_table("meeting_form")
