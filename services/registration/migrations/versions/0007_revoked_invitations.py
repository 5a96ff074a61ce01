"""revoked invitations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("invitation", sa.Column("sealed_link", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("invitation_organisation", table_name="invitation")
    op.create_index(
        "invitation_organisation",
        "invitation",
        ["meeting_id", "organisation"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Undo; raises `IntegrityError` where a body was invited anew after its invitation was revoked."""
    op.drop_index("invitation_organisation", table_name="invitation")
    op.create_index("invitation_organisation", "invitation", ["meeting_id", "organisation"], unique=True)
    op.drop_column("invitation", "revoked_at")
    op.drop_column("invitation", "sealed_link")
