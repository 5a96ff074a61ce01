"""confirm codes: the short codes of those who must confirm that they have registered, sealed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; registrations of earlier releases have no such code."""
    op.add_column("registration", sa.Column("sealed_confirm_code", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("registration", "sealed_confirm_code")
