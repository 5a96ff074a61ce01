"""answers by invitation: who has answered is asked for each invited body, and when its contact was last told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("invitation", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("reminders", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "registration_invitation",
        "registration",
        ["invitation_id", "state"],
        postgresql_where=sa.text("invitation_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_invitation", table_name="registration")
    for column in ("reminders", "reminded_at", "told_at"):
        op.drop_column("invitation", column)
