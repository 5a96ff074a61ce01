"""phase since: for how long minutes have been in their phase, and an index of those that are not filed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column(
        "minutes", sa.Column("phase_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.create_index("minutes_unfiled", "minutes", ["phase"], unique=False, postgresql_where=sa.text("phase <> 'filed'"))


def downgrade() -> None:
    """Undo."""
    op.drop_index("minutes_unfiled", table_name="minutes", postgresql_where=sa.text("phase <> 'filed'"))
    op.drop_column("minutes", "phase_since")
