"""identifiers: compared byte by byte."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IDENTIFIERS = ("code", "mobile", "email")


def upgrade() -> None:
    """Builds the indexes of these columns anew, with their tables locked."""
    _compare_as("C")


def downgrade() -> None:
    """Undo."""
    _compare_as("default")


def _compare_as(collation: str) -> None:
    changes = ", ".join(f'ALTER COLUMN "{column}" TYPE text COLLATE "{collation}"' for column in IDENTIFIERS)
    op.execute(f"ALTER TABLE registration {changes}")
