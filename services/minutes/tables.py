"""The rows of minutes: the schema, and what the migrations are compared with; no behaviour.

`organisation`, `person`, `meeting`, `participant`, `agenda_step`, `movement` and `attendance_correction` come from
facts of other services, without telephone numbers and addresses. All other tables belong to minutes alone.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.columns import MOMENT


class Row(SQLModel):
    """A table of this service."""

    metadata = MetaData()


class OrganisationRow(Row, table=True):
    """A body of government, as the newest fact says; `recorded` is all of that fact, null where it is an older one."""

    __tablename__ = "organisation"

    code: str = Field(sa_type=Text, primary_key=True)
    name_lo: str = Field(sa_type=Text)
    abbreviation_lo: str | None = Field(default=None, sa_type=Text)
    protocol_order: int
    recorded: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class PersonRow(Row, table=True):
    """A person, as the newest fact says; after the erasure only the identifier is left: no draft waits for it."""

    __tablename__ = "person"

    person_id: UUID = Field(primary_key=True)
    honorific: str | None = Field(default=None, sa_type=Text)
    given_name: str | None = Field(default=None, sa_type=Text)
    family_name: str | None = Field(default=None, sa_type=Text)
    position_title: str | None = Field(default=None, sa_type=Text)
    rank: int | None = None
    gender: str | None = Field(default=None, sa_type=Text)


class MeetingRow(Row, table=True):
    """A meeting, as the newest facts say: `details` is its draft with the newest time and place."""

    __tablename__ = "meeting"

    meeting_id: UUID = Field(primary_key=True)
    organiser: str = Field(sa_type=Text)
    details: dict[str, Any] = Field(sa_type=JSONB)
    started_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ParticipantRow(Row, table=True):
    """One answer to a meeting: what was said, and whether he came."""

    __tablename__ = "participant"
    __table_args__ = (Index("participant_meeting", "meeting_id"),)

    registration_id: UUID = Field(primary_key=True)
    meeting_id: UUID
    person_id: UUID
    organisation: str = Field(sa_type=Text)
    rank: int | None = None
    state: str = Field(sa_type=Text)
    represents: UUID | None = None
    checked_in_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reason: str | None = Field(default=None, sa_type=Text)


class AgendaStepRow(Row, table=True):
    """What was said of an item of the agenda: that it has begun, is done, or that this was a mistake (`undone`).

    All are kept: from them it follows when the item was treated, in whichever order they have come.
    """

    __tablename__ = "agenda_step"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "item_id", "sequence"),)

    meeting_id: UUID
    item_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    step: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=MOMENT)


class MovementRow(Row, table=True):
    """Somebody has come in, or has gone out (`leaving`)."""

    __tablename__ = "movement"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "registration_id", "moved_at", "leaving"),)

    meeting_id: UUID
    registration_id: UUID
    moved_at: datetime = Field(sa_type=MOMENT)
    leaving: bool


class AttendanceCorrectionRow(Row, table=True):
    """How somebody was there, said by hand; an `item_id` of zeros stands for the whole meeting. The newest counts."""

    __tablename__ = "attendance_correction"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "registration_id", "item_id"),)

    meeting_id: UUID
    registration_id: UUID
    item_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    presence: str = Field(sa_type=Text)


class MinutesRow(Row, table=True):
    """The minutes of one meeting; their lock is the lock of everything that belongs to them.

    `draft` is the snapshot of what happened, `edits` are the sections that people have written, `signed` says where
    the document stands, `phase_since` when they came into their phase.
    """

    __tablename__ = "minutes"
    __table_args__ = (
        Index("minutes_unfiled", "phase", postgresql_where=text("phase <> 'filed'")),
        {"postgresql_with": {"fillfactor": 80}},
    )

    minutes_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id", unique=True)
    version: int = Field(sa_type=BigInteger)
    revision: int
    phase: str = Field(sa_type=Text)
    decisions: int
    actions: int
    draft: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    edits: dict[str, str] = Field(sa_type=JSONB)
    returned: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    approved_at: datetime | None = Field(default=None, sa_type=MOMENT)
    signed: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    published_at: datetime | None = Field(default=None, sa_type=MOMENT)
    news_id: UUID | None = None
    record_id: UUID | None = None
    phase_since: datetime = Field(sa_column=Column(MOMENT, server_default=text("now()"), nullable=False))


class OpinionRow(Row, table=True):
    """What a body has said; `speaker` is its name on that day."""

    __tablename__ = "opinion"
    __table_args__ = (Index("opinion_minutes", "minutes_id"),)

    opinion_id: UUID = Field(primary_key=True)
    minutes_id: UUID = Field(foreign_key="minutes.minutes_id")
    organisation: str = Field(sa_type=Text)
    speaker: str = Field(sa_type=Text)
    agenda_item: str | None = Field(default=None, sa_type=Text)
    position: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    text_en: str | None = Field(default=None, sa_type=Text)


class DecisionRow(Row, table=True):
    """What the meeting has decided, numbered from 1."""

    __tablename__ = "decision"
    __table_args__ = (Index("decision_number", "minutes_id", "number", unique=True),)

    decision_id: UUID = Field(primary_key=True)
    minutes_id: UUID = Field(foreign_key="minutes.minutes_id")
    number: int
    text: str = Field(sa_type=Text)


class ActionRow(Row, table=True):
    """Who has to do what until when, numbered from 1; `owner` is the body's name on that day."""

    __tablename__ = "action"
    __table_args__ = (Index("action_number", "minutes_id", "number", unique=True),)

    action_id: UUID = Field(primary_key=True)
    minutes_id: UUID = Field(foreign_key="minutes.minutes_id")
    number: int
    organisation: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    due: date | None = None


class NewsRow(Row, table=True):
    """A published news item at its permanent address."""

    __tablename__ = "news"

    news_id: UUID = Field(primary_key=True)
    minutes_id: UUID = Field(foreign_key="minutes.minutes_id", unique=True)
    item: dict[str, Any] = Field(sa_type=JSONB)
    published_at: datetime = Field(sa_type=MOMENT)


class NumberSeriesRow(Row, table=True):
    """The running number of an issuer in a year; an approval locks it, so that no number is lost or given twice."""

    __tablename__ = "number_series"
    __table_args__ = (PrimaryKeyConstraint("issuer", "year"),)

    issuer: str = Field(sa_type=Text)
    year: int
    last: int


METADATA = Row.metadata
"""Everything in this service's database; the migrations are compared with it."""
