"""persons are found by name: their search key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release. Rows that are there get their key when they change."""
    op.add_column("person", sa.Column("search_key", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("person", "search_key")
