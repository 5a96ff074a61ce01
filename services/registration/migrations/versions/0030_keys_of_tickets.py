"""keys of tickets: which key has signed the ticket of each seat."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("registration", sa.Column("ticket_key", sa.Text(collation="C"), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("registration", "ticket_key")
