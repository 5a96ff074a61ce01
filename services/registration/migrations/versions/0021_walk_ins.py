"""walk-ins: people who had not registered are a channel of their own in the figures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("walk_in", "over_capacity")
_FUNCTIONS = (
    "count_new_registrations",
    "count_changed_registration",
    "count_removed_registration",
    "count_changed_gender",
)
_KEY = "meeting_id, state, organisation, rank, gender, channel, promoted, checked_in, inside"
_AS_OPEN = f"""
INSERT INTO registration_figure ({_KEY}, people)
SELECT {_KEY.replace("channel", "'open'")}, people FROM registration_figure WHERE channel = 'walk-in'
ON CONFLICT ({_KEY}) DO UPDATE SET people = registration_figure.people + excluded.people
"""  # noqa: S608 -- constant names
_WALK_IN = "CASE WHEN {0}.walk_in THEN 'walk-in' WHEN {0}.represents IS NOT NULL"


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    for column in COLUMNS:
        op.add_column("registration", sa.Column(column, sa.Boolean(), server_default="false", nullable=False))
    _replace(r"CASE WHEN (\w+)\.represents IS NOT NULL", _WALK_IN.format(r"\1"))


def downgrade() -> None:
    """Undo."""
    op.execute("LOCK TABLE person, registration IN SHARE ROW EXCLUSIVE MODE")
    _replace(r"CASE WHEN (\w+)\.walk_in THEN ''walk-in'' WHEN", r"CASE WHEN")
    op.execute(_AS_OPEN)
    op.execute("DELETE FROM registration_figure WHERE channel = 'walk-in'")
    for column in COLUMNS:
        op.drop_column("registration", column)


def _replace(pattern: str, by: str) -> None:
    """Replace a piece of each function that counts."""
    replaced = by.replace("'walk-in'", "''walk-in''")
    for name in _FUNCTIONS:
        definition = f"regexp_replace(pg_get_functiondef('{name}'::regproc), '{pattern}', '{replaced}', 'g')"
        op.execute(f"DO $do$ BEGIN EXECUTE {definition}; END $do$")
