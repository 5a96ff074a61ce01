"""What the routes of documents work with: the object store, and what files are taken."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from services.registration.ports import FileTypes
from shared.objects import ObjectStore

MEDIA_TYPES: Final = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/plain",
)
"""Types that are taken where the settings say nothing else: none of them runs in a browser or holds macros."""
FILE_BYTES: Final = 32 * 1024 * 1024
MOST_AT_ONCE: Final = 4
"""Files that one process receives at the same time; each is in a temporary file until it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKeeping:
    """Where documents are kept; `allowed` are the media types that are taken."""

    objects: ObjectStore
    file_types: FileTypes
    allowed: tuple[str, ...] = MEDIA_TYPES
    receiving: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
