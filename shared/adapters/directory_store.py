"""Objects in a folder of one file system: the local default, and a small office on one machine."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from hashlib import file_digest
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import IO, Final, ParamSpec, TypeVar

from shared.kernel import Unavailable
from shared.objects import ADDRESS, PIECE_BYTES, ObjectCorrupt, ObjectMissing, ObjectRef, checked_pieces

READ_ONLY: Final = 0o444
INCOMING: Final = "incoming"
P = ParamSpec("P")
T = TypeVar("T")


class DirectoryStore:
    """An `ObjectStore` in a folder: read-only files `<root>/<first two digits>/<sha256>`, never overwritten."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """See `ObjectStore.put`."""
        ref = ObjectRef(_sha256(data).hexdigest(), len(data), media_type)
        await in_thread(self._put, ref, iter((data,)))
        return ref

    async def put_file(self, file: Path, *, media_type: str) -> ObjectRef:
        """See `ObjectStore.put_file`."""
        ref = await asyncio.to_thread(reference_of, file, media_type)
        with await asyncio.to_thread(file.open, "rb") as opened:
            await in_thread(self._put, ref, pieces_of(opened))
        return ref

    async def get(self, sha256: str) -> bytes:
        """See `ObjectStore.get`."""
        return b"".join([piece async for piece in self.stream(sha256)])

    def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """See `ObjectStore.stream`."""
        return checked_pieces(self._pieces(sha256), sha256=sha256)

    async def exists(self, sha256: str) -> bool:
        """See `ObjectStore.exists`."""
        return bool(ADDRESS.fullmatch(sha256)) and await in_thread(self._path(sha256).is_file)

    async def discard(self, sha256: str) -> None:
        """See `ObjectStore.discard`."""
        if ADDRESS.fullmatch(sha256):
            await in_thread(self._path(sha256).unlink, missing_ok=True)

    async def check(self) -> None:
        """See `ObjectStore.check`; a folder that is not there yet is made by the first put."""
        if await in_thread(self._root.exists):
            await in_thread(os.listdir, self._root)

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    def _put(self, ref: ObjectRef, pieces: Iterator[bytes]) -> None:
        path = self._path(ref.sha256)
        try:
            write_new(path, pieces, incoming=self._root / INCOMING)
        except FileExistsError:
            if reference_of(path, ref.media_type) != ref:
                raise ObjectCorrupt(ref.sha256) from None

    async def _pieces(self, sha256: str) -> AsyncIterator[bytes]:
        if not ADDRESS.fullmatch(sha256):  # it may come from another service, and must not become a path
            raise ObjectMissing(sha256)
        path = self._path(sha256)
        if not await in_thread(path.is_file):
            raise ObjectMissing(sha256)
        async for piece in file_pieces(path):
            yield piece


async def file_pieces(path: Path) -> AsyncIterator[bytes]:
    """The content of a file piece by piece; an `OSError` becomes `Unavailable`."""
    with await in_thread(path.open, "rb") as opened:
        while piece := await in_thread(opened.read, PIECE_BYTES):
            yield piece


def reference_of(file: Path, media_type: str) -> ObjectRef:
    """The reference to what a file holds now; reads it piece by piece."""
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
        return ObjectRef(digest, opened.tell(), media_type)


def pieces_of(opened: IO[bytes]) -> Iterator[bytes]:
    """What is left of an open file, piece by piece."""
    while piece := opened.read(PIECE_BYTES):
        yield piece


def write_new(path: Path, pieces: Iterator[bytes], *, incoming: Path) -> None:
    """Write a read-only file durably and atomically; raises `FileExistsError` if it exists, and leaves that unchanged.

    `incoming` is a folder for unfinished files, in the same file system; files that a crash leaves there are not used.
    """
    make_folder(incoming)
    make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=incoming)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
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
        raise _unavailable(error) from error


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(f"object store: {error.strerror or type(error).__name__}: {error.filename}")
