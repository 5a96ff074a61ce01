"""attendance: times of agenda items, corrections by hand, blocked registrations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.add_column("meeting", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("check_in", sa.Column("turned_away", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "agenda_time",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("meeting_id", "item_id"),
    )
    op.create_table(
        "attendance_correction",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("meeting_id", "registration_id", "item_id"),
    )
    op.create_table(
        "blocked_registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("registration_id"),
    )
    op.create_index("blocked_registration_meeting", "blocked_registration", ["meeting_id"])


def downgrade() -> None:
    """Undo."""
    for table in ("blocked_registration", "attendance_correction", "agenda_time"):
        op.drop_table(table)
    op.drop_column("check_in", "turned_away")
    op.drop_column("meeting", "ended_at")
