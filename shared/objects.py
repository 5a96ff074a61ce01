"""Content-addressed objects: the claim check for documents that are too large or too personal for a topic.

An event carries the `ObjectRef`, the store holds the bytes under their SHA-256. What is stored never changes: a second
put of the same bytes is the same object, and other bytes have another address.
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
    """Where the bytes are (`sha256`, hexadecimal), how many they are, and what they are (RFC 6838 media type)."""

    sha256: str
    size: int
    media_type: str

    def __post_init__(self) -> None:
        """Refuse what cannot be an address, a length or a media type."""
        if not (ADDRESS.fullmatch(self.sha256) and self.size >= 0 and MEDIA_TYPE.fullmatch(self.media_type)):
            message = "not a reference to an object"
            raise ValueError(message)


class ObjectMissing(Exception):
    """No object has this address."""


class ObjectCorrupt(Exception):
    """The stored bytes are not those of the address: the medium has rotted, or somebody wrote to it."""


class ObjectStore(Protocol):
    """Immutable bytes by their SHA-256; every method raises `Unavailable` when the medium does not answer."""

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """Keep the bytes, durably and once; `ObjectCorrupt` when something else already lies at their address."""
        ...

    async def get(self, sha256: str) -> bytes:
        """The bytes, their hash checked; `ObjectMissing` or `ObjectCorrupt`."""
        ...

    async def exists(self, sha256: str) -> bool:
        """Is there an object with this address? Its bytes are not read."""
        ...


class Claim(Protocol):
    """What somebody says that an object is."""

    @property
    def sha256(self) -> str:
        """Its address, hexadecimal."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...


class ObjectDiffers(Exception):
    """The object at this address is not what was said of it: its length is another one."""


async def fetch(store: ObjectStore, claim: Claim) -> bytes:
    """The bytes that somebody has told us of, compared with what he said.

    Raises `ObjectDiffers`, and what `ObjectStore.get` raises.
    """
    data = await store.get(claim.sha256)
    if len(data) != claim.size:
        raise ObjectDiffers(claim.sha256)
    return data


class DirectoryStore:
    """An `ObjectStore` in a folder, `<root>/<first two digits>/<sha256>`: read-only files, never overwritten."""

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
        if not ADDRESS.fullmatch(sha256):  # never a path: an address may come from another service
            raise ObjectMissing(sha256)
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ObjectMissing(sha256) from error
        if _sha256(data).hexdigest() != sha256:
            raise ObjectCorrupt(sha256)
        return data


def write_new(path: Path, data: bytes, *, incoming: Path) -> None:
    """Write a read-only file durably, whole or not at all; `FileExistsError` when there is one, which stays.

    `incoming` is a folder of the same file system: what a crash leaves there was never anybody's object.
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
    """Make a folder and its parents, each durably entered in its own parent."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do file work off the event loop; what the medium refuses (no space, no right, no device) is `Unavailable`."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise Unavailable("object store") from error
