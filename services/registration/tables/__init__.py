"""The rows of registration: the schema, and what the migrations are compared with; no behaviour."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables import documents as documents
from services.registration.tables.base import Row
from services.registration.tables.desk import AgendaTimeRow as AgendaTimeRow
from services.registration.tables.desk import AttendanceCorrectionRow as AttendanceCorrectionRow
from services.registration.tables.desk import BlockedRegistrationRow as BlockedRegistrationRow
from services.registration.tables.directory import OrganisationChangeRow as OrganisationChangeRow
from services.registration.tables.directory import OrganisationRow as OrganisationRow
from services.registration.tables.figures import MessageFigureRow as MessageFigureRow
from services.registration.tables.figures import RegistrationFigureRow as RegistrationFigureRow
from services.registration.tables.figures import ScanFigureRow as ScanFigureRow
from services.registration.tables.forms import AnswerFileRow as AnswerFileRow
from services.registration.tables.forms import FormAnswerRow as FormAnswerRow
from services.registration.tables.forms import FormFigureRow as FormFigureRow
from services.registration.tables.forms import MeetingFormRow as MeetingFormRow
from services.registration.tables.history import HistoryRow as HistoryRow
from services.registration.tables.import_progress import ParticipantImportProgressRow as ParticipantImportProgressRow
from services.registration.tables.invitations import InvitationRow as InvitationRow
from services.registration.tables.registrations import RegistrationRow as RegistrationRow
from shared.columns import MOMENT

_HOT = {"fillfactor": 80}
_NOW = text("now()")


class PersonRow(Row, table=True):
    """A person as last recorded; after the erasure only the identifier and the version are left.

    `search_key` finds the name however it is spelled; null in rows that a version before this column wrote.
    `collected` is the member of `PersonRecorded`.
    """

    __tablename__ = "person"

    person_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    honorific: str | None = Field(default=None, sa_type=Text)
    given_name: str | None = Field(default=None, sa_type=Text)
    family_name: str | None = Field(default=None, sa_type=Text)
    position_title: str | None = Field(default=None, sa_type=Text)
    rank: int | None = None
    organisation: str | None = Field(default=None, sa_type=Text)
    mobile: str | None = Field(default=None, sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, sa_type=Text)
    gender: str | None = Field(default=None, sa_type=Text)
    fictitious: bool | None = None
    search_key: str | None = Field(default=None, sa_type=Text)
    collected: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class MeetingRow(Row, table=True):
    """A meeting; its lock is the lock of everything that belongs to it. `details` is the draft as it was given.

    `taken` has the seats of each body whose seats are limited, `grouped` is true once a group has waited.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index("meeting_phase", "phase"),
        Index("meeting_search", "search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}),
        {"postgresql_with": _HOT},
    )

    meeting_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    phase: str = Field(sa_type=Text)
    organiser: str = Field(sa_type=Text)
    policy: str = Field(sa_type=Text)
    waiting_list: str = Field(sa_type=Text)
    capacity: int
    rank_floor: int | None = None
    venue: dict[str, Any] = Field(sa_type=JSONB)
    starts_at: datetime = Field(sa_type=MOMENT)
    ends_at: datetime = Field(sa_type=MOMENT)
    started_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    sequence: int = 0
    confirmed: int = 0
    waitlisted: int = 0
    queue_last: int = 0
    requested: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    admission: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    taken: dict[str, int] | None = Field(default=None, sa_type=JSONB)
    grouped: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    form_version: int | None = None
    details: dict[str, Any] = Field(sa_type=JSONB)
    search_key: str = Field(sa_type=Text)


class MeetingMoveRow(Row, table=True):
    """Time and place of a meeting as they were before one of its changes; `sequence` is the meeting's after it."""

    __tablename__ = "meeting_move"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "sequence"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    sequence: int
    old_starts_at: datetime = Field(sa_type=MOMENT)
    old_ends_at: datetime = Field(sa_type=MOMENT)
    old_venue: dict[str, Any] = Field(sa_type=JSONB)
    moved_at: datetime = Field(sa_type=MOMENT)


class DiscardedMeetingRow(Row, table=True):
    """A draft that was deleted: nothing but how many facts it had."""

    __tablename__ = "discarded_meeting"

    meeting_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)


class CheckInRow(Row, table=True):
    """One scan, whatever came of it; a desk may send it again. `movement`: `left` or `returned`."""

    __tablename__ = "check_in"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "device", "nonce"),)

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    device: str = Field(sa_type=Text)
    nonce: str = Field(sa_type=Text)
    registration_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    offline: bool
    scanned_at: datetime = Field(sa_type=MOMENT)
    received_at: datetime = Field(sa_type=MOMENT)
    came_at: datetime | None = Field(default=None, sa_type=MOMENT)
    clock_skew: int | None = Field(default=None, sa_type=BigInteger)
    would_have_been_refused: str | None = Field(default=None, sa_type=Text)
    checked_by: str | None = Field(default=None, sa_type=Text)
    method: str | None = Field(default=None, sa_type=Text)
    movement: str | None = Field(default=None, sa_type=Text)
    turned_away: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class MessageStatusRow(Row, table=True):
    """What notification has said about the messages of a meeting."""

    __tablename__ = "message_status"

    message_id: UUID = Field(primary_key=True)
    meeting_id: UUID | None = Field(default=None, index=True)
    channel: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)


class ParticipantImportRow(Row, table=True):
    """A list of participants that was sent; it and all that belongs to it are erased when it expires."""

    __tablename__ = "participant_import"
    __table_args__ = (
        Index("participant_import_meeting", "meeting_id"),
        Index("participant_import_expiry", "expires_at"),
    )

    import_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    state: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    rows_read: int = 0
    applications: int = 0
    mode: str | None = Field(default=None, sa_type=Text)
    notes: dict[str, Any] = Field(sa_type=JSONB)
    problem: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class ParticipantImportPieceRow(Row, table=True):
    """A piece of the file, until it has been read."""

    __tablename__ = "participant_import_piece"
    __table_args__ = (PrimaryKeyConstraint("import_id", "number"),)

    import_id: UUID = Field(foreign_key="participant_import.import_id", ondelete="CASCADE")
    number: int
    content: bytes = Field(sa_type=LargeBinary)


class ParticipantImportLineRow(Row, table=True):
    """A row of the file with its verdict."""

    __tablename__ = "participant_import_line"
    __table_args__ = (
        PrimaryKeyConstraint("import_id", "line"),
        Index("participant_import_line_registration", "registration_id"),
    )

    import_id: UUID = Field(foreign_key="participant_import.import_id", ondelete="CASCADE")
    line: int
    verdict: str = Field(sa_type=Text)
    registration_id: UUID | None = None
    person: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    answers: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    changes: list[Any] = Field(sa_type=JSONB)
    problems: list[Any] = Field(sa_type=JSONB)


METADATA = Row.metadata
"""Everything in this service's database; the migrations are compared with it."""
