"""initial schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "meeting",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("waiting_list", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("rank_floor", sa.Integer(), nullable=True),
        sa.Column("venue", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("waitlisted", sa.Integer(), nullable=False),
        sa.Column("queue_last", sa.Integer(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "meeting_search",
        "meeting",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_table(
        "message_status",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index(op.f("ix_message_status_meeting_id"), "message_status", ["meeting_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name_lo", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("abbreviation_lo", sa.Text(), nullable=True),
        sa.Column("protocol_order", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint("name_lo IS NFC NORMALIZED", name="organisation_name_normalised"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index(
        "organisation_search",
        "organisation",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("honorific", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("position_title", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("fictitious", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "check_in",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("meeting_id", "device", "nonce"),
    )
    op.create_table(
        "invitation",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("invitation_id"),
        sa.UniqueConstraint("token_hash"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("invitation_organisation", "invitation", ["meeting_id", "organisation"], unique=True)
    op.create_table(
        "registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("represents", sa.Uuid(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("ticket_serial", sa.Integer(), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"]),
        sa.PrimaryKeyConstraint("registration_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("registration_code", "registration", ["meeting_id", "code"], unique=True)
    op.create_index(
        "registration_declined_email",
        "registration",
        ["meeting_id", "email"],
        unique=True,
        postgresql_where=sa.text("state = 'declined'"),
    )
    op.create_index(
        "registration_declined_mobile",
        "registration",
        ["meeting_id", "mobile"],
        unique=True,
        postgresql_where=sa.text("state = 'declined'"),
    )
    op.create_index(
        "registration_email",
        "registration",
        ["meeting_id", "email"],
        unique=True,
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted', 'represented')"),
    )
    op.create_index(
        "registration_mobile",
        "registration",
        ["meeting_id", "mobile"],
        unique=True,
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted', 'represented')"),
    )
    op.create_index(
        "registration_queue",
        "registration",
        ["meeting_id", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'waitlisted'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("registration_queue", table_name="registration", postgresql_where=sa.text("state = 'waitlisted'"))
    op.drop_index(
        "registration_mobile",
        table_name="registration",
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted', 'represented')"),
    )
    op.drop_index(
        "registration_email",
        table_name="registration",
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted', 'represented')"),
    )
    op.drop_index(
        "registration_declined_mobile", table_name="registration", postgresql_where=sa.text("state = 'declined'")
    )
    op.drop_index(
        "registration_declined_email", table_name="registration", postgresql_where=sa.text("state = 'declined'")
    )
    op.drop_index("registration_code", table_name="registration")
    op.drop_table("registration")
    op.drop_index("invitation_organisation", table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("check_in")
    op.drop_table("person")
    op.drop_index(
        "organisation_search",
        table_name="organisation",
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.drop_table("organisation")
    op.drop_index(op.f("ix_message_status_meeting_id"), table_name="message_status")
    op.drop_table("message_status")
    op.drop_index(
        "meeting_search", table_name="meeting", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
    )
    op.drop_table("meeting")
