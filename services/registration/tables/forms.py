"""What people are asked when they register, and what they have answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import IDENTIFIER, MOMENT


class MeetingFormRow(Row, table=True):
    """A form of a meeting, in one of its versions; the one that is asked is `meeting.form_version`."""

    __tablename__ = "meeting_form"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "version"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    version: int
    fields: list[Any] = Field(sa_type=JSONB)
    changed_at: datetime = Field(sa_type=MOMENT)


class FormAnswerRow(Row, table=True):
    """What the person of a registration has answered to the form in this version; null members are never kept.

    `counted` names the fields that were answered, and the choices that were made: `form_figure` counts them.
    """

    __tablename__ = "form_answer"
    __table_args__ = (Index("form_answer_meeting", "meeting_id"),)

    registration_id: UUID = Field(foreign_key="registration.registration_id", primary_key=True)
    meeting_id: UUID
    form_version: int
    answers: dict[str, Any] = Field(sa_type=JSONB)
    counted: list[Any] = Field(sa_type=JSONB)
    answered_at: datetime = Field(sa_type=MOMENT)
    answered_by: str = Field(sa_type=Text)


class AnswerFileRow(Row, table=True):
    """The file that somebody has answered a field with; the answer itself is its SHA-256, and it goes with it."""

    __tablename__ = "answer_file"
    __table_args__ = (PrimaryKeyConstraint("registration_id", "field"), Index("answer_file_sha256", "sha256"))

    registration_id: UUID = Field(foreign_key="form_answer.registration_id", ondelete="CASCADE")
    field: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=IDENTIFIER)
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(sa_type=Text)
    uploaded_at: datetime = Field(sa_type=MOMENT)


class FormFigureRow(Row, table=True):
    """How many people of a meeting have answered a field (no value), or made a choice of it; kept by triggers."""

    __tablename__ = "form_figure"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    meeting_id: UUID = Field(primary_key=True)
    state: str = Field(sa_type=Text, primary_key=True)
    field: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text, primary_key=True)
    people: int = Field(sa_type=BigInteger)
