"""operations: halted consumers, what operators did, and indexes for what is listed and pruned."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("state IN ('dead', 'parked')")


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "consumer_halt",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("allowed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("allowed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("consumer"),
    )
    op.create_table(
        "operator_action",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.drop_index("dead_letter_key", table_name="dead_letter", postgresql_where=OPEN)
    op.create_index(
        "dead_letter_line", "dead_letter", ["consumer", "topic", "key", "id"], unique=False, postgresql_where=OPEN
    )
    op.create_index(
        "dead_letter_open", "dead_letter", ["topic", "state", "first_at"], unique=False, postgresql_where=OPEN
    )
    op.create_index(
        "dead_letter_closed",
        "dead_letter",
        ["last_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('redriven', 'discarded')"),
    )
    op.create_index("job_dead", "job", ["kind", "id"], unique=False, postgresql_where=sa.text("state = 'dead'"))
    op.create_index(
        "job_ended", "job", ["finished_at"], unique=False, postgresql_where=sa.text("state IN ('done', 'discarded')")
    )


def downgrade() -> None:
    """Undo."""
    for name in ("job_ended", "job_dead"):
        op.drop_index(name, table_name="job")
    for name in ("dead_letter_closed", "dead_letter_open", "dead_letter_line"):
        op.drop_index(name, table_name="dead_letter")
    op.create_index("dead_letter_key", "dead_letter", ["consumer", "topic", "key"], unique=False, postgresql_where=OPEN)
    op.drop_table("operator_action")
    op.drop_table("consumer_halt")
