"""what was told: when the meeting begins by each message, so that a later one begins from what its reader knows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade; of what an older version sent, the time of the meeting now is what is best known."""
    op.add_column("message", sa.Column("told_starts_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("message_person", "message", ["person_id", "meeting_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("message_person", table_name="message")
    op.drop_column("message", "told_starts_at")
