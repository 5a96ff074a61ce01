"""progress of imports: how many rows of a list have been worked on while it is applied."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "participant_import_progress",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("rows_applied", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["participant_import.import_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("participant_import_progress")
