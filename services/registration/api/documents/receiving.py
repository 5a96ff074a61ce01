"""A file that is being uploaded: bounded first, hashed while it comes, and its content compared with its type."""

import asyncio
import codecs
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from starlette.requests import Request

from services.registration.api.documents.keeping import FILE_BYTES, DocumentKeeping
from services.registration.domain.documents.refusals import FileDamaged, FileEmpty, FileTooLarge, FileTypeDiffers
from services.registration.domain.documents.state import StoredFile
from shared.http.uploads import media_type_of, pieces
from shared.kernel import Unavailable
from shared.objects import PIECE_BYTES

_TEXTS: Final = frozenset({"text/plain", "text/csv"})
_UNKNOWN: Final = "application/octet-stream"
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=(?::([A-Za-z0-9+/]{43}=):)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A file that has arrived whole, and where it is until it is stored."""

    path: Path
    file: StoredFile


@asynccontextmanager
async def received(
    request: Request,
    keeping: DocumentKeeping,
    *,
    digest: str | None,
    media_types: Sequence[str] | None = None,
    most: int = FILE_BYTES,
) -> AsyncIterator[ReceivedFile]:
    """The file of the request, checked; it is gone afterwards. `digest` is its header Content-Digest (RFC 9530).

    It is one of `media_types`, where they are given, and has at most `most` bytes. Raises `UnsupportedFileType`,
    `FileTooLarge`, `FileEmpty`, `FileDamaged`, `FileTypeDiffers`, and `Unavailable` where as many come at the same time
    as one process receives.
    """
    taken = [each for each in keeping.allowed if media_types is None or each in media_types]
    declared = media_type_of(request, *taken)
    _check_size(int(request.headers.get("content-length", 0)), most)
    if keeping.receiving.locked():
        raise Unavailable("receiving of files")
    async with keeping.receiving:
        with NamedTemporaryFile(prefix="document-") as file:
            found, size = sha256(), 0
            async for piece in pieces(request):
                found.update(piece)
                size += len(piece)
                _check_size(size, most)
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(file.flush)
            stored = StoredFile(sha256=found.hexdigest(), size=size, media_type=declared)
            _check_whole(stored, digest)
            await _check_type(keeping, Path(file.name), declared)
            yield ReceivedFile(path=Path(file.name), file=stored)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise FileTooLarge(most=most)


def _check_whole(file: StoredFile, digest: str | None) -> None:
    if not file.size:
        raise FileEmpty
    told = _DIGEST.search(digest or "")
    if told and (told[1] is None or b64decode(told[1]).hex() != file.sha256):
        raise FileDamaged(sha256=file.sha256)


async def _check_type(keeping: DocumentKeeping, path: Path, declared: str) -> None:
    found = await keeping.file_types.type_of(path)
    if declared in _TEXTS and found in {*_TEXTS, _UNKNOWN}:
        agrees = await asyncio.to_thread(_is_text, path)
    else:
        agrees = declared == found
    if not agrees:
        raise FileTypeDiffers(declared=declared, found=found)


def _is_text(path: Path) -> bool:
    """Whether it is UTF-8 without control characters that no text has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
