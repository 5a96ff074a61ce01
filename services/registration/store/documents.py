"""Documents of a meeting in SQL: what rules need of them, and what facts write."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.documents.commands import (
    AddDocument,
    ChangeDocument,
    DocumentCommand,
    ReplaceDocument,
    WithdrawDocument,
)
from services.registration.domain.documents.state import StoredFile
from services.registration.domain.state import Members
from shared.contracts import Fact
from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDocument,
    MeetingDrafted,
)
from shared.database import Connection
from shared.kernel import Command

KEPT_UNUSED: Final = timedelta(hours=24)
"""How long a file is kept of which no document is made."""

_DOCUMENTS = """
SELECT document_id, item_id, position, title, access, document.version, sha256, size, media_type
FROM document JOIN document_version USING (document_id, version) WHERE meeting_id = $1 AND withdrawn_at IS NULL
"""
# The lock keeps the file from being discarded before the document refers to it.
_FILE = """
SELECT sha256, size, media_type FROM meeting_file JOIN stored_file stored USING (sha256)
WHERE meeting_id = $1 AND sha256 = $2 AND NOT discarded FOR UPDATE OF stored
"""
_SHARE = """
INSERT INTO meeting_file (meeting_id, sha256, size, media_type, uploaded_by, uploaded_at)
SELECT DISTINCT ON (sha256) $2, sha256, size, media_type, $3, $4::timestamptz
FROM document JOIN document_version USING (document_id, version) WHERE meeting_id = $1 AND withdrawn_at IS NULL
"""
_DETAILS = "SELECT details FROM meeting WHERE meeting_id = $1"
_ADD = """
INSERT INTO document (document_id, meeting_id, item_id, position, title, access, version)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_VERSION = """
INSERT INTO document_version (document_id, version, sha256, size, media_type, added_at)
VALUES ($1, $2, $3, $4, $5, now())
"""
_USED = "UPDATE stored_file SET expires_at = NULL WHERE sha256 = $1"
_CHANGE = (
    "UPDATE document SET item_id = $2, position = $3, title = $4, access = $5, version = $6 WHERE document_id = $1"
)
_WITHDRAW = "UPDATE document SET withdrawn_at = now(), withdrawal_reason = $2 WHERE document_id = $1"

NO_DOCUMENTS: Final = """
UPDATE stored_file SET expires_at = now() FROM document JOIN document_version USING (document_id)
WHERE meeting_id = $1 AND stored_file.sha256 = document_version.sha256
"""
"""Before a draft is deleted, and its documents with it: a file that others use is found to be used (`files.py`)."""


async def documents_of(connection: Connection, meeting_id: UUID) -> dict[UUID, MeetingDocument]:
    """The documents of a meeting by identifier, without those that were withdrawn."""
    rows = await connection.fetch(_DOCUMENTS, meeting_id)
    return {row["document_id"]: document_of(row) for row in rows}


async def share_files(connection: Connection, meeting_id: UUID, other: UUID, *, by: Command) -> None:
    """Let the documents of another meeting be made of the files that those of this one have."""
    await connection.execute(_SHARE, meeting_id, other, by.actor.subject, by.at)


async def _with_documents(connection: Connection, meeting_id: UUID, command: DocumentCommand) -> Members:
    members: Members = {"documents": await documents_of(connection, meeting_id)}
    if isinstance(command, AddDocument | ChangeDocument):
        members["drafted"] = MeetingDrafted.model_validate(await connection.fetchval(_DETAILS, meeting_id))
    if isinstance(command, AddDocument | ReplaceDocument):
        row = await connection.fetchrow(_FILE, meeting_id, command.sha256)
        members["file"] = row and StoredFile(**dict(row))
    return members


def document_of(row: asyncpg.Record) -> MeetingDocument:
    """A document, from its row and that of its version."""
    return MeetingDocument(**{name: row[name] for name in MeetingDocument.model_fields})


async def _added(connection: Connection, fact: DocumentAdded) -> None:
    one = fact.document
    title = one.title.model_dump(exclude_none=True)
    place = (one.document_id, fact.meeting_id, one.item_id, one.position)
    await connection.execute(_ADD, *place, title, one.access, one.version)
    await _keep_version(connection, one)


async def _keep_version(connection: Connection, one: MeetingDocument) -> None:
    await connection.execute(_VERSION, one.document_id, one.version, one.sha256, one.size, one.media_type)
    await connection.execute(_USED, one.sha256)


async def _replaced(connection: Connection, fact: DocumentReplaced) -> None:
    await _keep_version(connection, fact.document)
    await _changed(connection, fact)


async def _changed(connection: Connection, fact: DocumentChanged | DocumentReplaced) -> None:
    one = fact.document
    title = one.title.model_dump(exclude_none=True)
    await connection.execute(_CHANGE, one.document_id, one.item_id, one.position, title, one.access, one.version)


async def _withdrawn(connection: Connection, fact: DocumentWithdrawn) -> None:
    await connection.execute(_WITHDRAW, fact.document_id, fact.reason)


DOCUMENT_LOADERS: Final[Mapping[type[MeetingCommand], Callable[[Connection, UUID, Any], Awaitable[Members]]]] = {
    AddDocument: _with_documents,
    ReplaceDocument: _with_documents,
    ChangeDocument: _with_documents,
    WithdrawDocument: _with_documents,
}
"""As `LOADERS`."""
DOCUMENT_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {
    DocumentAdded: _added,
    DocumentReplaced: _replaced,
    DocumentChanged: _changed,
    DocumentWithdrawn: _withdrawn,
}
"""As `WRITERS`."""
