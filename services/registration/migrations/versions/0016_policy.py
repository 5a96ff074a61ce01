"""policy."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = {"registration_requested_mobile": "mobile", "registration_requested_email": "email"}


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("meeting", sa.Column("requested", sa.Integer(), server_default="0", nullable=False))
    op.add_column("meeting", sa.Column("admission", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("meeting", sa.Column("taken", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("meeting", sa.Column("grouped", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("registration", sa.Column("promotion_note", sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("group_id", sa.Uuid(), nullable=True))
    for name, column in INDEXES.items():
        where = sa.text("state = 'requested'")
        op.create_index(name, "registration", ["meeting_id", column], unique=True, postgresql_where=where)


def downgrade() -> None:
    """Undo."""
    for name in INDEXES:
        op.drop_index(name, table_name="registration")
    for column in ("group_id", "promotion_note"):
        op.drop_column("registration", column)
    for column in ("grouped", "taken", "admission", "requested"):
        op.drop_column("meeting", column)
