"""shared contacts: numbers and addresses that several people of a meeting have."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CONTACTS = ("mobile", "email")


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    for one in _CONTACTS:
        op.add_column("registration", sa.Column(f"shared_{one}", sa.Text(collation="C"), nullable=True))
        op.create_index(
            f"registration_shared_{one}",
            "registration",
            ["meeting_id", f"shared_{one}"],
            postgresql_where=sa.text(f"shared_{one} IS NOT NULL"),
        )


def downgrade() -> None:
    """Undo."""
    for one in _CONTACTS:
        op.drop_index(f"registration_shared_{one}", "registration")
        op.drop_column("registration", f"shared_{one}")
