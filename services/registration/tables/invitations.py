"""The invitations of bodies to meetings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import MOMENT

_HOT = {"fillfactor": 80}
_VALID = text("revoked_at IS NULL")


class InvitationRow(Row, table=True):
    """A body's invitation; its link is found by its SHA-256 and kept sealed, to be sent again.

    `told_at` is when its contact was last told of it; null in rows that a version before this column wrote.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("invitation_organisation", "meeting_id", "organisation", unique=True, postgresql_where=_VALID),
        {"postgresql_with": _HOT},
    )

    invitation_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    organisation: str = Field(sa_type=Text)
    seats: int
    used: int = 0
    contact: UUID
    token_hash: bytes = Field(unique=True)
    sealed_link: str | None = Field(default=None, sa_type=Text)
    expires_at: datetime = Field(sa_type=MOMENT)
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)
    told_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reminded_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reminders: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
