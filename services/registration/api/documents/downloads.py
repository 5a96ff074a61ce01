"""The file of a document, whole or in part, under its Lao title."""

import re
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.documents.readers import AnyReader
from services.registration.domain.documents.refusals import DocumentsNotKept, DocumentUnknown
from services.registration.domain.documents.rules import MOST_VERSIONS
from shared.http import refusals
from shared.http.ranges import RangeNotSatisfiable, ranged
from shared.kernel import NotFound, NotPermitted, Unavailable
from shared.objects import ObjectMissing

router = APIRouter(prefix="/v1/meetings/{meeting_id}/documents", tags=["documents"])
_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/csv": ".csv",
    "text/plain": ".txt",
}
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|]+')
_LONGEST_NAME: Final = 200  # bytes: file systems take 255
FILE: Final[dict[str, Any]] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "/{document_id}/file",
    response_class=Response,
    responses={
        **refusals(NotFound, NotPermitted, DocumentUnknown, RangeNotSatisfiable, DocumentsNotKept),
        200: {"description": "the file, with its own media type", **FILE},
        206: {"description": "the part that `Range` asks for", **FILE},
    },
)
async def read_document(
    meeting_id: UUID,
    document_id: UUID,
    request: Request,
    dependencies: InjectedDependencies,
    reader: AnyReader,
    version: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS, description="an earlier file of the document")] = None,
) -> Response:
    """The file of a document that the caller may see; its ETag is its SHA-256. A single range may be asked for."""
    if dependencies.keeping is None:
        raise DocumentsNotKept
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=reader.bodies)
        access = await reader.access(connection, meeting)
        row = await views.document_file(connection, meeting_id, document_id, version=version)
    if row is None:
        raise DocumentUnknown
    if row["access"] not in access:
        raise NotPermitted(access=row["access"])
    headers = {
        "ETag": f'"{row["sha256"]}"',
        "Content-Disposition": disposition(row["title"]["lo"], row["media_type"]),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if row["access"] == "public":
        headers["Cache-Control"] = "public, no-cache"  # a cache asks each time whether it is still valid
    pieces = dependencies.keeping.objects.stream(row["sha256"])
    try:
        return await ranged(request, pieces, size=row["size"], media_type=row["media_type"], headers=headers)
    except ObjectMissing as error:
        raise Unavailable("document") from error


def extension_of(media_type: str) -> str:
    """How the name of such a file ends, with the dot; nothing where no type is known."""
    return _EXTENSIONS.get(media_type, "")


def disposition(title: str, media_type: str) -> str:
    """Content-Disposition for a file that is called by its Lao title (RFC 6266, RFC 8187)."""
    extension = extension_of(media_type)
    name = _NOT_IN_NAMES.sub("-", title).strip(" .-") or "document"
    whole = name.encode()[: _LONGEST_NAME - len(extension)].decode(errors="ignore") + extension
    return f"attachment; filename=\"document{extension}\"; filename*=UTF-8''{quote(whole, safe='')}"
