"""Documents of a meeting, and one of their files."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.registration_states import RegistrationState
from shared.database import Connection

_SHOWN: Final = """
SELECT document_id, item_id, position, title, access, document.version, sha256, size, media_type, added_at
FROM document JOIN document_version file USING (document_id)
"""
_DOCUMENTS: Final = f"""
{_SHOWN} WHERE meeting_id = $1 AND withdrawn_at IS NULL AND access = ANY($2::text[])
  AND file.version = document.version ORDER BY position, document_id
"""
_FILE: Final = f"""
{_SHOWN} WHERE meeting_id = $1 AND document_id = $2 AND withdrawn_at IS NULL
  AND file.version = coalesce($3, document.version)
"""
_INVITED: Final = "SELECT meeting_id, revoked_at IS NULL AS good FROM invitation WHERE token_hash = $1"
_SEATED: Final = f"""
SELECT meeting_id, state = '{RegistrationState.CONFIRMED}' AS good FROM registration WHERE link_hash = $1
"""  # noqa: S608 -- constant names


async def documents(connection: Connection, meeting_id: UUID, *, access: Collection[str]) -> Sequence[asyncpg.Record]:
    """The documents of these classes of access in their order, each with its newest file."""
    return await connection.fetch(_DOCUMENTS, meeting_id, list(access))


async def document_file(
    connection: Connection, meeting_id: UUID, document_id: UUID, *, version: int | None
) -> asyncpg.Record | None:
    """One document with one of its files, the newest where no version is named."""
    return await connection.fetchrow(_FILE, meeting_id, document_id, version)


async def invited_by_link(connection: Connection, token_hash: bytes) -> asyncpg.Record | None:
    """The meeting of the link with this SHA-256 to an invitation, and whether it is `good`: not taken back."""
    return await connection.fetchrow(_INVITED, token_hash)


async def seated_by_link(connection: Connection, token_hash: bytes) -> asyncpg.Record | None:
    """The meeting of the link with this SHA-256 to one's own answer, and whether it is `good`: holds a seat."""
    return await connection.fetchrow(_SEATED, token_hash)
