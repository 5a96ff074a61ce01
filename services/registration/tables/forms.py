"""What people are asked when they register, and what they have answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import MOMENT


class MeetingFormRow(Row, table=True):
    """A form of a meeting, in one of its versions; the one that is asked is `meeting.form_version`."""

    __tablename__ = "meeting_form"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "version"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    version: int
    fields: list[Any] = Field(sa_type=JSONB)
    changed_at: datetime = Field(sa_type=MOMENT)
