"""what is true: until when invitations may be answered, which were, and who is at an address."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; answers that an earlier release has heard are those of no invitation, and it kept no time to answer."""
    op.add_column("host", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("told_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("told_venue", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index("person_email", "person", [sa.text("lower(email)")], postgresql_where=sa.text("email IS NOT NULL"))
    op.create_index("registration_person", "registration", ["person_id"])
    op.add_column("registration", sa.Column("invitation_id", sa.Uuid(), nullable=True))
    op.create_index(
        "registration_invitation",
        "registration",
        ["invitation_id"],
        postgresql_where=sa.text("invitation_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_invitation", table_name="registration")
    op.drop_column("registration", "invitation_id")
    op.drop_index("registration_person", table_name="registration")
    op.drop_index("person_email", table_name="person")
    op.drop_column("message", "told_venue")
    op.drop_column("message", "told_ends_at")
    op.drop_column("host", "answer_by")
