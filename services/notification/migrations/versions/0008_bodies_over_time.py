"""bodies over time: all of the newest fact about a body, with its earlier names and its end."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    column = sa.Column("recorded", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    op.add_column("organisation", column)


def downgrade() -> None:
    """Undo."""
    op.drop_column("organisation", "recorded")
