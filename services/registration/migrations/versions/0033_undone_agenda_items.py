"""undone agenda items: what was known of an item before each step, so that a step can be taken back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    column = sa.Column(
        "earlier", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
    )
    op.add_column("agenda_time", column)


def downgrade() -> None:
    """Undo."""
    op.drop_column("agenda_time", "earlier")
