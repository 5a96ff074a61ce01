"""answers by meeting and person: what a list and an erasure look for, wherever there are millions of answers."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_index("registration_of_meeting", "registration", ["meeting_id", "registration_id"], unique=False)
    op.create_index("registration_person", "registration", ["person_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_person", table_name="registration")
    op.drop_index("registration_of_meeting", table_name="registration")
