"""documents of meetings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index(
        "stored_file_unused",
        "stored_file",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_table(
        "document",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("document_meeting", "document", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_file",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting_id", "sha256"),
    )
    op.create_index("meeting_file_sha256", "meeting_file", ["sha256"], unique=False)
    op.create_table(
        "document_version",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.document_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "version"),
    )
    op.create_index("document_version_sha256", "document_version", ["sha256"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("document_version_sha256", table_name="document_version")
    op.drop_table("document_version")
    op.drop_index("meeting_file_sha256", table_name="meeting_file")
    op.drop_table("meeting_file")
    op.drop_index("document_meeting", table_name="document")
    op.drop_table("document")
    op.drop_index("stored_file_unused", table_name="stored_file", postgresql_where=sa.text("expires_at IS NOT NULL"))
    op.drop_table("stored_file")
