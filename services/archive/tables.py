"""The rows of the archive: the schema, and what the migrations are compared with; no behaviour."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from shared.columns import MOMENT

_HOT = {"fillfactor": 80}
_NOW = text("now()")


class Row(SQLModel):
    """A table of this service."""

    metadata = MetaData()


class RecordRow(Row, table=True):
    """A record; `minutes` and `news` are what was collected, the columns after `sealed_at` what was sealed.

    `documents` are those of the meeting as they were when the sealing began.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("record_phase", "phase"),
        Index("record_search", "search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}),
        {"postgresql_with": _HOT},
    )

    record_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(unique=True)
    version: int = Field(sa_type=BigInteger)
    phase: str = Field(sa_type=Text)
    title: dict[str, str] | None = Field(default=None, sa_type=JSONB)
    organiser: str | None = Field(default=None, sa_type=Text)
    minutes: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    news: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    held: str | None = Field(default=None, sa_type=Text)
    search_key: str = Field(sa_type=Text)
    sealed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    retain_until: date | None = None
    package_sha256: str | None = Field(default=None, sa_type=Text)
    package_size: int | None = Field(default=None, sa_type=BigInteger)
    facts: int | None = None
    log_index: int | None = Field(default=None, sa_type=BigInteger)
    log_size: int | None = Field(default=None, sa_type=BigInteger)
    log_root: str | None = Field(default=None, sa_type=Text)
    documents: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class MeetingDocumentRow(Row, table=True):
    """A document of a meeting, as the newest fact says; null where it was withdrawn."""

    __tablename__ = "meeting_document"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "document_id"),)

    meeting_id: UUID
    document_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    document: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class FactRow(Row, table=True):
    """A fact that was received: its envelope and the SHA-256 of its exact payload, never the payload.

    `sealed_in` is the record whose package lists it; a fact that came after the sealing is in none.
    """

    __tablename__ = "fact"
    __table_args__ = (PrimaryKeyConstraint("source", "event_id"), {"postgresql_with": _HOT})

    source: str = Field(sa_type=Text)
    event_id: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=MOMENT)
    meeting_id: UUID | None = Field(default=None, index=True)
    sha256: bytes = Field(sa_type=LargeBinary)
    sealed_in: UUID | None = Field(default=None, foreign_key="record.record_id")
    heard_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class TakenOverRow(Row, table=True):
    """From the day `since` on the body `taken_over_by` has the rights of the body `code`."""

    __tablename__ = "taken_over"

    code: str = Field(sa_type=Text, primary_key=True)
    taken_over_by: str = Field(sa_type=Text)
    since: date


class LogRow(Row, table=True):
    """The log's right edge, in the one row whose lock makes appends serial."""

    __tablename__ = "log"
    __table_args__ = (CheckConstraint("id = 1", name="log_one"), {"postgresql_with": _HOT})

    id: int = Field(sa_type=SmallInteger, primary_key=True)
    size: int = Field(sa_type=BigInteger)
    edge: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), nullable=False))


class LogEntryRow(Row, table=True):
    """One leaf of the log; `root` is the root of the tree that ends with it."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("log_entry_once", "kind", "record", unique=True),)

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    record: str = Field(sa_type=Text)
    root: bytes = Field(sa_type=LargeBinary)
    appended_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class LogNodeRow(Row, table=True):
    """The hash of one complete subtree (level 0: a leaf); it never changes."""

    __tablename__ = "log_node"
    __table_args__ = (PrimaryKeyConstraint("level", "position"),)

    level: int = Field(sa_type=SmallInteger)
    position: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(Row, table=True):
    """What the log's key has signed, as it was signed."""

    __tablename__ = "log_checkpoint"

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    note: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class ViewRow(Row, table=True):
    """A download of a package; `actor` is a subject, never a name."""

    __tablename__ = "view"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    record_id: UUID = Field(foreign_key="record.record_id", index=True)
    actor: str = Field(sa_type=Text)
    viewed_at: datetime = Field(sa_type=MOMENT)


METADATA = Row.metadata
"""Everything in this service's database; the migrations are compared with it."""
