"""Files that are uploaded for a meeting, before documents are made of them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from starlette.requests import Request

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies, within
from services.registration.api.documents.keeping import FILE_BYTES, MEDIA_TYPES
from services.registration.api.documents.receiving import received
from services.registration.domain.documents.refusals import DocumentsNotKept, FileDamaged, FileEmpty, FileTypeDiffers
from services.registration.domain.documents.rules import PHASES
from services.registration.domain.refusals import WrongPhase
from services.registration.store.files import claim_file, keep_file
from shared.contracts.base import Instant
from shared.database import Connection
from shared.http import Authenticated, Now, refusals, require
from shared.http.rate_limits import TooManyRequests
from shared.http.uploads import UnsupportedFileType, takes_files
from shared.kernel import Actor, Command, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}/files", tags=["documents"])
_REFUSALS: Final = (
    *(NotFound, NotPermitted, WrongPhase, UnsupportedFileType),
    *(FileTypeDiffers, FileDamaged, FileEmpty, DocumentsNotKept, TooManyRequests),
)


class FileView(BaseModel):
    """A file that has arrived: documents of this meeting may be made of it."""

    sha256: str = Field(description="of its bytes, hexadecimal: the file is named by it")
    size: int = Field(description="in bytes")
    media_type: str
    expires_at: Instant = Field(description="until when it is kept if no document is made of it")


@router.post(
    "",
    status_code=201,
    responses=refusals(*_REFUSALS),
    openapi_extra=takes_files(*MEDIA_TYPES, limit=FILE_BYTES),
)
async def upload_file(
    meeting_id: UUID,
    request: Request,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    digest: Annotated[
        str | None,
        Header(
            alias="Content-Digest",
            max_length=1_000,
            description="`sha-256=:<base64>:` (RFC 9530): the file is refused if it arrives with another SHA-256",
        ),
    ] = None,
) -> FileView:
    """Send a file of up to 32 MiB as it is; its content must be of the type that Content-Type says.

    Nobody sees it before a document is made of it. The same file may be sent again.
    """
    database, keeping = dependencies.database, dependencies.keeping
    if keeping is None:
        raise DocumentsNotKept
    async with database.reading() as connection:
        await _check(connection, meeting_id, actor)
    dependencies.limits.uploads.take(actor.subject)
    async with received(request, keeping, digest=digest) as arrived:
        async with database.transaction() as connection:
            expires_at = await claim_file(connection, arrived.file.sha256, at=at)
        await keeping.objects.put_file(arrived.path, media_type=arrived.file.media_type)
        async with database.transaction() as connection:
            await keep_file(connection, meeting_id, arrived.file, by=Command(actor=actor, at=at))
    file = arrived.file
    return FileView(sha256=file.sha256, size=file.size, media_type=file.media_type, expires_at=expires_at)


async def _check(connection: Connection, meeting_id: UUID, actor: Actor) -> None:
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(within(actor, meeting["organiser"]), Role.ORGANISER)
    if meeting["phase"] not in PHASES:
        raise WrongPhase(phase=meeting["phase"])
