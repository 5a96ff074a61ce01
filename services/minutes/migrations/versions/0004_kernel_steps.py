"""kernel steps: 0002 to 0004 changed the kernel's tables only, and are steps of `shared/migrations` now."""

from collections.abc import Sequence

revision: str = "0004"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Keep the number, at which databases of earlier versions stand."""


def downgrade() -> None:
    """Nothing to undo."""
