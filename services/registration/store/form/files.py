"""The files that are answers to forms: their rows. Triggers let them go with the answer, and expire where no other is.

A file in the store is in use as long as an answer, or the version of a document, has it (`store/files.py`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registration.domain.documents.state import StoredFile
from shared.database import Connection
from shared.kernel import Unavailable

_USE: Final = "UPDATE stored_file SET expires_at = NULL WHERE sha256 = $1 AND NOT discarded"
_KEEP: Final = """
INSERT INTO answer_file (registration_id, field, sha256, size, media_type, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (registration_id, field) DO UPDATE
SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, uploaded_at = excluded.uploaded_at
"""


async def keep_files(
    connection: Connection, registration_id: UUID, files: Mapping[str, StoredFile], *, at: datetime
) -> None:
    """Keep these files by the name of their field; their SHA-256 is the answer, which was written before.

    Raises `Unavailable` where the same bytes are being removed.
    """
    for field, file in sorted(files.items()):
        if await connection.execute(_USE, file.sha256) != "UPDATE 1":
            raise Unavailable("a file that is being removed", retry_after=2.0)
        await connection.execute(_KEEP, registration_id, field, file.sha256, file.size, file.media_type, at)
