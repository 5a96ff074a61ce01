"""strangers: registrations with a number of another one, and people for whom nobody has answered yet."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("registration", sa.Column("same_contact_as", sa.Uuid(), nullable=True))
    op.add_column("registration", sa.Column("told_again_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("proof", sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("client_hash", sa.LargeBinary(), nullable=True))
    unproven, held = sa.text("proof = 'unproven'"), sa.text("held_until IS NOT NULL")
    columns = ["meeting_id", "client_hash"]
    op.create_index("registration_unproven", "registration", columns, unique=False, postgresql_where=unproven)
    op.create_index("registration_held", "registration", ["held_until"], unique=False, postgresql_where=held)


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_held", table_name="registration")
    op.drop_index("registration_unproven", table_name="registration")
    for column in ("client_hash", "held_until", "proof", "told_again_at", "same_contact_as"):
        op.drop_column("registration", column)
