"""shared contacts: whether several people of a meeting may have one number or address."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("meeting", sa.Column("shared_contacts", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_column("meeting", "shared_contacts")
