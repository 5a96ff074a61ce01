"""one relay: no lanes any more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """No release has carried the lane: it goes at once."""
    op.drop_index("outbox_lane_id", table_name="outbox")
    op.drop_column("outbox", "lane")


def downgrade() -> None:
    """Undo; every fact that waits is in the first lane then, which one relay carries as well."""
    op.add_column("outbox", sa.Column("lane", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.alter_column("outbox", "lane", server_default=None)
    op.create_index("outbox_lane_id", "outbox", ["lane", "id"], unique=False)
