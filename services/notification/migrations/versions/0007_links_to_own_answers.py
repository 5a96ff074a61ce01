"""links to own answers: where a person sees and changes his own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; registrations of earlier releases have no such link."""
    op.add_column("registration", sa.Column("sealed_link", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("registration", "sealed_link")
