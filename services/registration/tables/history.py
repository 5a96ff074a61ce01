"""The rows of who did what and when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Text, text
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import MOMENT


class HistoryRow(Row, table=True):
    """One fact and who brought it about; `actor` is the account of staff, empty for people with a link or without.

    It names no participant, so that it stays after an erasure.
    """

    __tablename__ = "meeting_history"
    __table_args__ = (
        Index("meeting_history_meeting", "meeting_id", "entry_id"),
        Index(
            "meeting_history_registration",
            "registration_id",
            "entry_id",
            postgresql_where=text("registration_id IS NOT NULL"),
        ),
    )

    entry_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    meeting_id: UUID
    registration_id: UUID | None = None
    at: datetime = Field(sa_type=MOMENT)
    what: str = Field(sa_type=Text)
    acted_as: str = Field(sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    actor: str | None = Field(default=None, sa_type=Text)
