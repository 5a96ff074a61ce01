"""Documents of meetings, and the files in the object store of which they are made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import IDENTIFIER, MOMENT

_UNUSED = text("expires_at IS NOT NULL")


class StoredFileRow(Row, table=True):
    """An object of the store, written here before it is put there; `expires_at` where no document has it.

    One that is being `discarded` is used for nothing any more; then it and this row are gone.
    """

    __tablename__ = "stored_file"
    __table_args__ = (Index("stored_file_unused", "expires_at", postgresql_where=_UNUSED),)

    sha256: str = Field(sa_type=IDENTIFIER, primary_key=True)
    expires_at: datetime | None = Field(default=None, sa_type=MOMENT)
    discarded: bool = False


class MeetingFileRow(Row, table=True):
    """A file that was uploaded for a meeting: its documents may be made of it, and no other's."""

    __tablename__ = "meeting_file"
    __table_args__ = (PrimaryKeyConstraint("meeting_id", "sha256"), Index("meeting_file_sha256", "sha256"))

    meeting_id: UUID = Field(foreign_key="meeting.meeting_id", ondelete="CASCADE")
    sha256: str = Field(sa_type=IDENTIFIER, foreign_key="stored_file.sha256", ondelete="CASCADE")
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(sa_type=Text)
    uploaded_by: str = Field(sa_type=Text)
    uploaded_at: datetime = Field(sa_type=MOMENT)


class DocumentRow(Row, table=True):
    """A document as it is now."""

    __tablename__ = "document"
    __table_args__ = (Index("document_meeting", "meeting_id"),)

    document_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id", ondelete="CASCADE")
    item_id: UUID | None = None
    position: int
    title: dict[str, Any] = Field(sa_type=JSONB)
    access: str = Field(sa_type=Text)
    version: int
    withdrawn_at: datetime | None = Field(default=None, sa_type=MOMENT)
    withdrawal_reason: str | None = Field(default=None, sa_type=Text)


class DocumentVersionRow(Row, table=True):
    """One of the files that a document has had."""

    __tablename__ = "document_version"
    __table_args__ = (PrimaryKeyConstraint("document_id", "version"), Index("document_version_sha256", "sha256"))

    document_id: UUID = Field(foreign_key="document.document_id", ondelete="CASCADE")
    version: int
    sha256: str = Field(sa_type=IDENTIFIER)
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_type=MOMENT)
