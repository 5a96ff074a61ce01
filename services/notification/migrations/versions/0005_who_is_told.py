"""who is told: hosts, calendar entries by address, and what makes a message out of date."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HOSTS = """
INSERT INTO host (meeting_id, person_id, audience)
SELECT meeting_id, chair, 'chair' FROM meeting
UNION
SELECT meeting_id, person_id, 'contact' FROM message WHERE template = 'invitation'
"""
# An address that got several is known by the last one; what was cancelled by an older version has no later change.
ENTRIES = """
INSERT INTO calendar_entry (address, meeting_id, method, sequence, revision, message)
SELECT DISTINCT ON (lower(p.email), m.meeting_id)
       lower(p.email), m.meeting_id, m.content->>'calendar', t.sequence, t.sequence, m.message_id
FROM message m JOIN person p USING (person_id) JOIN meeting t ON t.meeting_id = m.meeting_id
WHERE m.channel = 'email' AND m.sent_at IS NOT NULL AND m.content->>'calendar' IS NOT NULL AND p.email IS NOT NULL
ORDER BY lower(p.email), m.meeting_id, m.sent_at DESC
"""


def upgrade() -> None:
    """Upgrade; contacts and calendar entries are taken from the messages there are."""
    op.create_table(
        "host",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", "audience"),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("message", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("address", "meeting_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.add_column("meeting", sa.Column("moved", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("meeting", sa.Column("venue_changed", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("meeting", sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meeting", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("represents", sa.Uuid(), nullable=True))
    op.add_column(
        "registration", sa.Column("notice", sa.Text(), server_default=sa.text("'registered'"), nullable=False)
    )
    op.add_column("registration", sa.Column("ticket", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("message", sa.Column("audience", sa.Text(), nullable=True))
    op.execute(HOSTS)
    op.execute(ENTRIES)


def downgrade() -> None:
    """Undo."""
    op.drop_column("message", "audience")
    for column in ("ticket", "notice", "represents"):
        op.drop_column("registration", column)
    for column in ("moved_at", "moved_from", "venue_changed", "moved"):
        op.drop_column("meeting", column)
    op.drop_table("calendar_entry")
    op.drop_table("host")
