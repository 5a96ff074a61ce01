"""kept figures: how many registrations, scans and messages of each kind a meeting has, counted by triggers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REGISTRATION_KEY = "meeting_id, state, organisation, rank, gender, channel, promoted, checked_in, inside"
_CHANNEL = """CASE WHEN {0}.represents IS NOT NULL THEN 'representative'
              WHEN {0}.invitation_id IS NOT NULL THEN 'invitation' ELSE 'open' END"""
_KIND = (
    "{0}.meeting_id, {0}.state, {0}.organisation, {0}.rank, coalesce({1}, 'not-stated'), "
    f"{_CHANNEL}, {{0}}.promoted, {{0}}.checked_in_at IS NOT NULL, "
    "{0}.entered_at IS NOT NULL AND ({0}.left_at IS NULL OR {0}.entered_at > {0}.left_at)"
)
_ADD = f"""
INSERT INTO registration_figure ({_REGISTRATION_KEY}, people) %s
ON CONFLICT ({_REGISTRATION_KEY}) DO UPDATE SET people = registration_figure.people + excluded.people
"""
_COUNTED = (
    f"SELECT {_KIND.format('r', 'p.gender')}, count(*) FROM %s r LEFT JOIN person p USING (person_id) "  # noqa: S608 -- constant names
    "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
)
_GENDER = "(SELECT gender FROM person WHERE person_id = {0}.person_id)"
_BEFORE, _AFTER = (_KIND.format(row, _GENDER.format(row)) for row in ("OLD", "NEW"))
_MOVED = (
    f"SELECT {_REGISTRATION_KEY}, sum(n) FROM (%s) AS moved({_REGISTRATION_KEY}, n) "  # noqa: S608 -- constant names
    "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
)
_SCAN_KEY = "meeting_id, reason, exception"
_SCANS = (
    "INSERT INTO scan_figure (meeting_id, reason, exception, scans) "  # noqa: S608 -- constant names
    "SELECT meeting_id, coalesce(reason, ''), coalesce(would_have_been_refused, ''), count(*) FROM %s "
    "WHERE movement IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 "
    f"ON CONFLICT ({_SCAN_KEY}) DO UPDATE SET scans = scan_figure.scans + excluded.scans"
)
_MESSAGE_KEY = "meeting_id, channel, status, shard"
_MESSAGES = (
    "INSERT INTO message_figure (meeting_id, channel, status, shard, messages) "  # noqa: S608 -- constant names
    "SELECT meeting_id, channel, status, mod(pg_backend_pid(), 16), sum(n) "
    "FROM (%s) AS moved(meeting_id, channel, status, n) "
    "WHERE meeting_id IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3 "
    f"ON CONFLICT ({_MESSAGE_KEY}) DO UPDATE SET messages = message_figure.messages + excluded.messages"
)
_NEW_MESSAGES = "SELECT meeting_id, channel, status, 1 FROM {0}"
_MOVED_MESSAGES = f"{_NEW_MESSAGES} UNION ALL SELECT meeting_id, channel, status, -1 FROM before"  # noqa: S608 -- constant names

FUNCTIONS = {
    "count_new_registrations": _ADD % (_COUNTED % "added"),
    "count_changed_registration": _ADD % (_MOVED % f"VALUES ({_BEFORE}, -1), ({_AFTER}, 1)"),
    "count_removed_registration": _ADD % (_MOVED % f"VALUES ({_BEFORE}, -1)"),
    "count_changed_gender": _ADD
    % (
        _MOVED % f"SELECT {_KIND.format('r', 'OLD.gender')}, -1 FROM registration r WHERE person_id = NEW.person_id "  # noqa: S608 -- constant names
        f"UNION ALL SELECT {_KIND.format('r', 'NEW.gender')}, 1 FROM registration r WHERE person_id = NEW.person_id"
    ),
    "count_new_scans": _SCANS % "added",
    "count_new_messages": _MESSAGES % _NEW_MESSAGES.format("added"),
    "count_moved_messages": _MESSAGES % _MOVED_MESSAGES.format("after"),
}
"""Name of a trigger function → what it does; the rows that were there are counted by the same statements."""

_CHANGED = "(OLD.state, OLD.organisation, OLD.rank, OLD.promoted, OLD.represents, OLD.invitation_id, OLD.person_id)"
TRIGGERS = {
    "count_new_registrations": "AFTER INSERT ON registration REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    "count_changed_registration": "AFTER UPDATE ON registration FOR EACH ROW WHEN ("
    f"{_CHANGED} IS DISTINCT FROM {_CHANGED.replace('OLD', 'NEW')} "
    "OR (OLD.checked_in_at, OLD.entered_at, OLD.left_at) "
    "IS DISTINCT FROM (NEW.checked_in_at, NEW.entered_at, NEW.left_at))",
    "count_removed_registration": "AFTER DELETE ON registration FOR EACH ROW",
    "count_changed_gender": "AFTER UPDATE ON person FOR EACH ROW WHEN (OLD.gender IS DISTINCT FROM NEW.gender)",
    "count_new_scans": "AFTER INSERT ON check_in REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    "count_new_messages": "AFTER INSERT ON message_status REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
    "count_moved_messages": "AFTER UPDATE ON message_status REFERENCING OLD TABLE AS before NEW TABLE AS after "
    "FOR EACH STATEMENT",
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
    # The triggers hold off all writers until the commit, so nothing is counted twice or missed.
    op.execute(_ADD % (_COUNTED % "registration"))
    op.execute(_SCANS % "check_in")
    op.execute(_MESSAGES % _NEW_MESSAGES.format("message_status"))


def _create_tables() -> None:
    op.create_index(
        "registration_ended",
        "registration",
        ["meeting_id"],
        postgresql_where=sa.text("state NOT IN ('confirmed', 'waitlisted', 'represented')"),
    )
    op.create_table(
        "registration_figure",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("checked_in", sa.Boolean(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*_REGISTRATION_KEY.split(", ")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "scan_figure",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exception", sa.Text(), nullable=False),
        sa.Column("scans", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*_SCAN_KEY.split(", ")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "message_figure",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*_MESSAGE_KEY.split(", ")),
        postgresql_with={"fillfactor": 50},
    )


def downgrade() -> None:
    """Undo."""
    for name, event in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {event.split(' ON ')[1].split()[0]}")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("registration_ended", table_name="registration")
    for table in ("message_figure", "scan_figure", "registration_figure"):
        op.drop_table(table)
