"""The rows of notification: the schema, and what the migrations are compared with; no behaviour."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, MetaData, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from shared.columns import MOMENT

_HOT = {"fillfactor": 80}
_NOW = text("now()")
_UNSENT = text("status IN ('awaiting_contact', 'created', 'sending')")


class Row(SQLModel):
    """A table of this service."""

    metadata = MetaData()


class PersonRow(Row, table=True):
    """What registration says of a person; after the erasure the identifier alone, so that nobody waits for him."""

    __tablename__ = "person"
    __table_args__ = (Index("person_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),)

    person_id: UUID = Field(primary_key=True)
    erased: bool = False
    honorific: str | None = Field(default=None, sa_type=Text)
    given_name: str | None = Field(default=None, sa_type=Text)
    family_name: str | None = Field(default=None, sa_type=Text)
    mobile: str | None = Field(default=None, sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, sa_type=Text)


class OrganisationRow(Row, table=True):
    """How a body of government is called: its newest name, and all of the newest fact where that is of this release."""

    __tablename__ = "organisation"

    code: str = Field(sa_type=Text, primary_key=True)
    name: dict[str, Any] = Field(sa_type=JSONB)
    recorded: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class MeetingRow(Row, table=True):
    """What messages say of a meeting; `sequence` as in iCalendar.

    `moved` and `venue_changed` are the sequence of the last change of its time and of its place; `moved_from` is when
    it was to begin before the changes of the last minute, the newest of which happened at `moved_at`.
    `shared_contacts`: several people may have one number or address.
    """

    __tablename__ = "meeting"
    __table_args__ = ({"postgresql_with": _HOT},)

    meeting_id: UUID = Field(primary_key=True)
    title: dict[str, Any] = Field(sa_type=JSONB)
    venue: dict[str, Any] = Field(sa_type=JSONB)
    starts_at: datetime = Field(sa_type=MOMENT)
    ends_at: datetime = Field(sa_type=MOMENT)
    sequence: int = 0
    phase: str = Field(sa_type=Text)
    organiser: str = Field(sa_type=Text)
    organiser_unit: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    chair: UUID
    agenda: list[Any] = Field(sa_type=JSONB)
    moved: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    venue_changed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    moved_from: datetime | None = Field(default=None, sa_type=MOMENT)
    moved_at: datetime | None = Field(default=None, sa_type=MOMENT)
    shared_contacts: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class HostRow(Row, table=True):
    """Who is told of a meeting without an answer of his own: its chair, a co-host, the contact of an invited body.

    `answer_by` is until when the body of a contact may answer.
    """

    __tablename__ = "host"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "person_id", "audience"),)

    meeting_id: UUID
    person_id: UUID
    audience: str = Field(sa_type=Text)
    answer_by: datetime | None = Field(default=None, sa_type=MOMENT)


class CalendarEntryRow(Row, table=True):
    """The last calendar message of a meeting that an address was sent (`domain/calendar_entry.py`)."""

    __tablename__ = "calendar_entry"
    __table_args__ = (PrimaryKeyConstraint("address", "meeting_id"), {"postgresql_with": _HOT})

    address: str = Field(sa_type=Text)
    meeting_id: UUID
    method: str = Field(sa_type=Text)
    sequence: int
    revision: int
    message: UUID


class RegistrationRow(Row, table=True):
    """One answer of a person: confirmed, waitlisted, represented, withdrawn or declined.

    `represents` is whose place he takes, `notice` the template that says how the seat was come by, `ticket` the number
    of his newest ticket, `confirm_by` until when he must confirm that he has registered, `sealed_confirm_code`
    the short code by which he can.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("registration_meeting", "meeting_id", "registration_id"),
        Index("registration_person", "person_id"),
        Index("registration_invitation", "invitation_id", postgresql_where=text("invitation_id IS NOT NULL")),
        {"postgresql_with": _HOT},
    )

    registration_id: UUID = Field(primary_key=True)
    meeting_id: UUID
    person_id: UUID
    state: str = Field(sa_type=Text)
    code: str | None = Field(default=None, sa_type=Text)
    sealed_link: str | None = Field(default=None, sa_type=Text)
    checked_in: bool = False
    represents: UUID | None = None
    notice: str = Field(
        default="registered", sa_column=Column(Text, server_default=text("'registered'"), nullable=False)
    )
    ticket: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    invitation_id: UUID | None = None
    confirm_by: datetime | None = Field(default=None, sa_type=MOMENT)
    sealed_confirm_code: str | None = Field(default=None, sa_type=Text)


class MinutesRow(Row, table=True):
    """When the minutes of a meeting were signed."""

    __tablename__ = "minutes"

    minutes_id: UUID = Field(primary_key=True)
    signed_at: datetime = Field(sa_type=MOMENT)


class PostponedRow(Row, table=True):
    """The publication of minutes that was heard before the end of their meeting: topics have no order between them."""

    __tablename__ = "postponed"
    __table_args__ = (Index("postponed_meeting", "meeting_id"),)

    cause: UUID = Field(primary_key=True)
    meeting_id: UUID
    fact: dict[str, Any] = Field(sa_type=JSONB)


class MessageRow(Row, table=True):
    """A message: for whom and why, on which channel, where it stands; its text is made when it is sent and not kept.

    `told_…` is what its text says of time and place of the meeting; of the end and the place it is what was true when
    it was sent, where the text tells the beginning alone.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_meeting", "meeting_id", "message_id"),
        Index("message_unsent", "person_id", postgresql_where=_UNSENT),
        Index("message_person", "person_id", "meeting_id"),
        {"postgresql_with": _HOT},
    )

    message_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    status: str = Field(sa_type=Text)
    meeting_id: UUID
    person_id: UUID
    cause: UUID
    template: str = Field(sa_type=Text)
    channels: list[str] = Field(sa_type=ARRAY(Text))
    if_impossible: str = Field(sa_type=Text)
    audience: str | None = Field(default=None, sa_type=Text)
    content: dict[str, Any] = Field(sa_type=JSONB)
    channel: str | None = Field(default=None, sa_type=Text)
    parts: int | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    released_at: datetime | None = Field(default=None, sa_type=MOMENT)
    sent_at: datetime | None = Field(default=None, sa_type=MOMENT)
    told_starts_at: datetime | None = Field(default=None, sa_type=MOMENT)
    told_ends_at: datetime | None = Field(default=None, sa_type=MOMENT)
    told_venue: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    updated_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class AttemptRow(Row, table=True):
    """One question to a provider, written before it is asked; without an outcome it is under way, or was cut off."""

    __tablename__ = "attempt"
    __table_args__ = (
        PrimaryKeyConstraint("message_id", "number"),
        Index("attempt_key", "key"),
        Index("attempt_provider", "provider_message_id", postgresql_where=text("provider_message_id IS NOT NULL")),
        {"postgresql_with": _HOT},
    )

    message_id: UUID = Field(foreign_key="message.message_id")
    number: int
    key: UUID
    parts: int
    started_at: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    outcome: str | None = Field(default=None, sa_type=Text)
    provider_message_id: str | None = Field(default=None, sa_type=Text)


class ReceiptRow(Row, table=True):
    """What a gateway has called back with, kept before it is believed to mean anything; `message_id` once matched."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("receipt_once", "provider_message_id", "status", "at", unique=True),
        Index("receipt_parked_key", "key", postgresql_where=text("message_id IS NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    provider_message_id: str = Field(sa_type=Text)
    key: UUID | None = None
    status: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=MOMENT)
    received_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    repeated: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    message_id: UUID | None = None


METADATA = Row.metadata
"""Everything in this service's database; the migrations are compared with it."""
