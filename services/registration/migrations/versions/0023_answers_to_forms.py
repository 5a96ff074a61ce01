"""answers to forms, and how many people have given the same one, counted by triggers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = "meeting_id, state, field, value"
_ADD = (
    f"INSERT INTO form_figure ({_KEY}, people) "  # noqa: S608 -- constant names
    f"SELECT {_KEY}, sum(n) FROM (%s) AS moved({_KEY}, n) "
    "GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4 "
    f"ON CONFLICT ({_KEY}) DO UPDATE SET people = form_figure.people + excluded.people"
)
# In `counted`, `meal` says that the field was answered, `meal=fish` with which choice.
_KIND = "split_part(kind, '=', 1), CASE WHEN strpos(kind, '=') > 0 THEN substr(kind, strpos(kind, '=') + 1) ELSE '' END"
_KINDS = "jsonb_array_elements_text(a.counted) AS kind"
_EACH = (
    f"SELECT a.meeting_id, r.state, {_KIND}, {{1}} FROM {{0}} a JOIN registration r USING (registration_id), {_KINDS}"  # noqa: S608 -- constant names
)
_MOVED = (
    f"SELECT a.meeting_id, moved.state, {_KIND}, moved.n FROM form_answer a, {_KINDS}, "  # noqa: S608 -- constant names
    "(VALUES (OLD.state, -1), (NEW.state, 1)) AS moved(state, n) WHERE a.registration_id = NEW.registration_id"
)

FUNCTIONS = {
    "count_new_answers": _ADD % _EACH.format("added", 1),
    "count_changed_answers": _ADD % f"{_EACH.format('before', -1)} UNION ALL {_EACH.format('after', 1)}",
    "count_removed_answers": _ADD % _EACH.format("before", -1),
    "count_moved_answers": _ADD % _MOVED,
}
"""Name of a trigger function → what it does."""

TRIGGERS = {
    "count_new_answers": "AFTER INSERT ON form_answer REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    "count_changed_answers": "AFTER UPDATE ON form_answer REFERENCING OLD TABLE AS before NEW TABLE AS after "
    "FOR EACH STATEMENT",
    "count_removed_answers": "AFTER DELETE ON form_answer REFERENCING OLD TABLE AS before FOR EACH STATEMENT",
    "count_moved_answers": "AFTER UPDATE ON registration FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)",
}


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    _create_tables()
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        )
    for name, event in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()")


def _create_tables() -> None:
    op.create_table(
        "form_answer",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.registration_id"]),
        sa.PrimaryKeyConstraint("registration_id"),
    )
    op.create_index("form_answer_meeting", "form_answer", ["meeting_id"], unique=False)
    op.create_table(
        "form_figure",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY.split(", ")),
        postgresql_with={"fillfactor": 50},
    )
    op.add_column(
        "participant_import_line", sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("participant_import_line", "answers")
    for name, event in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {event.split(' ON ')[1].split()[0]}")
        op.execute(f"DROP FUNCTION {name}()")
    for table in ("form_figure", "form_answer"):
        op.drop_table(table)
