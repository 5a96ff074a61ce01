"""Object store addressed by content: for documents that are too large or too personal for a topic (claim check).

An event carries the `ObjectRef`, the store keeps the bytes under their SHA-256. An object never changes: the same bytes
put twice are one object, other bytes have another address.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from shared.kernel import Unavailable

ADDRESS = re.compile(r"[0-9a-f]{64}")
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
READ_ONLY = 0o444
INCOMING = "incoming"
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """A reference to an object: its address (`sha256`, hexadecimal), its size in bytes, its media type (RFC 6838)."""

    sha256: str
    size: int
    media_type: str

    def __post_init__(self) -> None:
        """Raise `ValueError` if a value cannot be an address, a size or a media type."""
        if not (ADDRESS.fullmatch(self.sha256) and self.size >= 0 and MEDIA_TYPE.fullmatch(self.media_type)):
            message = "not a reference to an object"
            raise ValueError(message)


class ObjectMissing(Exception):
    """There is no object with this address."""


class ObjectCorrupt(Exception):
    """The stored bytes do not match their address: the disk is damaged, or somebody has changed them."""


class ObjectStore(Protocol):
    """Stores immutable bytes by their SHA-256; every method raises `Unavailable` if the store does not answer."""

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """Store the bytes; they are durable on return. Raises `ObjectCorrupt` if other bytes are at their address."""
        ...

    async def get(self, sha256: str) -> bytes:
        """The bytes, after their hash was checked; raises `ObjectMissing` or `ObjectCorrupt`."""
        ...

    async def exists(self, sha256: str) -> bool:
        """Whether there is an object with this address; its bytes are not read."""
        ...


class Claim(Protocol):
    """The address and the size of an object as somebody else has stated them, for example an event."""

    @property
    def sha256(self) -> str:
        """Its address, hexadecimal."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...


class ObjectDiffers(Exception):
    """The object does not have the size that was stated."""


async def fetch(store: ObjectStore, claim: Claim) -> bytes:
    """The bytes of a claimed object; raises `ObjectDiffers` if the size is wrong, and what `ObjectStore.get` raises."""
    data = await store.get(claim.sha256)
    if len(data) != claim.size:
        raise ObjectDiffers(claim.sha256)
    return data


class DirectoryStore:
    """An `ObjectStore` in a folder: read-only files `<root>/<first two digits>/<sha256>`, never overwritten."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """See `ObjectStore.put`."""
        ref = ObjectRef(_sha256(data).hexdigest(), len(data), media_type)
        await in_thread(self._put, data, ref.sha256)
        return ref

    async def get(self, sha256: str) -> bytes:
        """See `ObjectStore.get`."""
        return await in_thread(self._get, sha256)

    async def exists(self, sha256: str) -> bool:
        """See `ObjectStore.exists`."""
        return bool(ADDRESS.fullmatch(sha256)) and await in_thread(self._path(sha256).is_file)

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    def _put(self, data: bytes, sha256: str) -> None:
        try:
            write_new(self._path(sha256), data, incoming=self._root / INCOMING)
        except FileExistsError:
            self._get(sha256)

    def _get(self, sha256: str) -> bytes:
        if not ADDRESS.fullmatch(sha256):  # it may come from another service, and must not become a path
            raise ObjectMissing(sha256)
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ObjectMissing(sha256) from error
        if _sha256(data).hexdigest() != sha256:
            raise ObjectCorrupt(sha256)
        return data


def write_new(path: Path, data: bytes, *, incoming: Path) -> None:
    """Write a read-only file durably and atomically; raises `FileExistsError` if it exists, and leaves that unchanged.

    `incoming` is a folder for unfinished files, in the same file system; files that a crash leaves there are not used.
    """
    make_folder(incoming)
    make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=incoming)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), READ_ONLY)
            os.fsync(file.fileno())
        os.link(name, path)  # unlike a rename, it never replaces
    finally:
        Path(name).unlink()
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder to disk (fsync), so that its file names survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking file work in a thread; an `OSError` (no space, no right, no device) becomes `Unavailable`."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise Unavailable("object store") from error
