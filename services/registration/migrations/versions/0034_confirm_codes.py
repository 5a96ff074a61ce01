"""confirm codes: the short codes of those who must confirm that they have registered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("registration", sa.Column("confirm_code", sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("confirm_tries", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_column("registration", "confirm_tries")
    op.drop_column("registration", "confirm_code")
