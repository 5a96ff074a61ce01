"""contacts by index: each index of a number or an address holds those rows alone that have one.

No index serves the other column then, so that a statement finds a contact by the right one also on a table that was
never analysed; and whoever has no address costs none of three indexes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = {
    "": "state IN ('confirmed', 'waitlisted', 'represented')",
    "declined_": "state = 'declined'",
    "requested_": "state = 'requested'",
}


def upgrade() -> None:
    """Expand; what is contracted waits for a later release. The new index is made before the old one is dropped."""
    for contact in ("mobile", "email"):
        for kind, states in _STATES.items():
            _replace(f"registration_{kind}{contact}", contact, f"{states} AND {contact} IS NOT NULL")


def downgrade() -> None:
    """Undo."""
    for contact in ("mobile", "email"):
        for kind, states in _STATES.items():
            _replace(f"registration_{kind}{contact}", contact, states)


def _replace(name: str, contact: str, rows: str) -> None:
    op.execute(f"CREATE UNIQUE INDEX {name}_new ON registration (meeting_id, {contact}) WHERE {rows}")
    op.execute(f"DROP INDEX {name}")
    op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")
