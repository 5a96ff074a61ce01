"""documents of meetings: what each is, and which of them a sealed record names."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    document = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.create_table(
        "meeting_document",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("document", document, nullable=True),
        sa.PrimaryKeyConstraint("meeting_id", "document_id"),
    )
    op.add_column("record", sa.Column("documents", document, nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("record", "documents")
    op.drop_table("meeting_document")
