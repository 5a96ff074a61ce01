"""Links to own answers: the hash of the token by which a person finds his registration."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("registration", sa.Column("link_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "registration_link",
        "registration",
        ["link_hash"],
        unique=True,
        postgresql_where=sa.text("link_hash IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_link", table_name="registration")
    op.drop_column("registration", "link_hash")
