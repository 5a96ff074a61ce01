"""The files in the object store as the database knows them: one of which nothing is made does not stay for ever.

1. A file is claimed before it is put into the store, and expires `KEPT_UNUSED` later.
2. A document that is made of it, or an answer to a form, ends that; a draft that is deleted, or an answer that is
   erased, begins it again.
3. What has expired is marked as discarded, then removed from the store, then from the table. Whoever sends the same
   bytes meanwhile is asked to come again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registration.domain.documents.state import StoredFile
from services.registration.store.documents import KEPT_UNUSED
from shared.database import Connection
from shared.kernel import Command, Job, Unavailable

DISCARD_FILE: Final = "discard-file"
"""The kind of job that removes one file from the store."""
_AT_ONCE: Final = 100

_CLAIM = """
INSERT INTO stored_file AS known (sha256, expires_at, discarded) VALUES ($1, $2, false)
ON CONFLICT (sha256) DO UPDATE
SET expires_at = CASE WHEN known.expires_at IS NULL THEN NULL ELSE greatest(known.expires_at, $2) END
RETURNING discarded
"""
_KEEP = """
INSERT INTO meeting_file (meeting_id, sha256, size, media_type, uploaded_by, uploaded_at)
SELECT meeting_id, $2, $3, $4, $5, $6 FROM meeting WHERE meeting_id = $1
ON CONFLICT (meeting_id, sha256) DO UPDATE
SET media_type = excluded.media_type, uploaded_by = excluded.uploaded_by, uploaded_at = excluded.uploaded_at
"""
_EXPIRED = "SELECT sha256, expires_at FROM stored_file WHERE expires_at < now() ORDER BY expires_at LIMIT $1"
_LOCK = "SELECT expires_at < now() AS over, discarded FROM stored_file WHERE sha256 = $1 FOR UPDATE"
_REFERRED_TO = """
SELECT EXISTS (SELECT FROM document_version WHERE sha256 = $1) OR EXISTS (SELECT FROM answer_file WHERE sha256 = $1)
"""
_USED = "UPDATE stored_file SET expires_at = NULL WHERE sha256 = $1"
_DISCARD = "UPDATE stored_file SET discarded = true WHERE sha256 = $1"
_GONE = "DELETE FROM stored_file WHERE sha256 = $1 AND discarded"


async def claim_file(connection: Connection, sha256: str, *, at: datetime) -> datetime:
    """Say that this file will be put into the store; returns until when it is kept unused.

    Raises `Unavailable` while the same bytes are being removed.
    """
    expires_at = at + KEPT_UNUSED
    if await connection.fetchval(_CLAIM, sha256, expires_at):
        raise Unavailable("a file that is being removed", retry_after=2.0)
    return expires_at


async def keep_file(connection: Connection, meeting_id: UUID, file: StoredFile, *, by: Command) -> None:
    """The file is in the store: documents of this meeting may be made of it."""
    known = (meeting_id, file.sha256, file.size, file.media_type)
    await connection.execute(_KEEP, *known, by.actor.subject, by.at)


async def discard_jobs(connection: Connection) -> Sequence[Job]:
    """The jobs that remove what has expired, for the oldest `_AT_ONCE` files."""
    rows = await connection.fetch(_EXPIRED, _AT_ONCE)
    return [
        Job(
            kind=DISCARD_FILE,
            name=f"{row['sha256']}:{row['expires_at'].isoformat()}",
            key=row["sha256"],
            payload={"sha256": row["sha256"]},
        )
        for row in rows
    ]


async def begin_discarding(connection: Connection, sha256: str) -> bool:
    """Whether the file is to be removed: it has expired, and neither a document nor an answer that is kept has it."""
    row = await connection.fetchrow(_LOCK, sha256)
    if row is None or not (row["over"] or row["discarded"]):
        return False
    if not row["discarded"] and await connection.fetchval(_REFERRED_TO, sha256):
        await connection.execute(_USED, sha256)
        return False
    await connection.execute(_DISCARD, sha256)
    return True


async def finish_discarding(connection: Connection, sha256: str) -> None:
    """It is gone from the store: forget it, for every meeting."""
    await connection.execute(_GONE, sha256)
