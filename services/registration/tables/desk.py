"""Who was there: when items of the agenda were treated, what was corrected by hand, who is not let in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import MOMENT


class AgendaTimeRow(Row, table=True):
    """When an item of the agenda was treated; `earlier` is what was known before each later step, the oldest first."""

    __tablename__ = "agenda_time"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "item_id"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    item_id: UUID
    started_at: datetime = Field(sa_type=MOMENT)
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)
    recorded_by: str = Field(sa_type=Text)
    earlier: list[dict[str, Any]] = Field(sa_column=Column(JSONB, server_default=text("'[]'"), nullable=False))


class AttendanceCorrectionRow(Row, table=True):
    """How somebody was there, said by hand; an `item_id` of zeros stands for the whole meeting."""

    __tablename__ = "attendance_correction"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "registration_id", "item_id"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    registration_id: UUID
    item_id: UUID
    presence: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    corrected_by: str = Field(sa_type=Text)
    corrected_at: datetime = Field(sa_type=MOMENT)


class BlockedRegistrationRow(Row, table=True):
    """Somebody who is not let in, and why."""

    __tablename__ = "blocked_registration"
    __table_args__ = (Index("blocked_registration_meeting", "meeting_id"),)

    registration_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    reason: str = Field(sa_type=Text)
    decided_by: str = Field(sa_type=Text)
    decided_at: datetime = Field(sa_type=MOMENT)
