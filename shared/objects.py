"""Object store addressed by content: for documents that are too large or too personal for a topic (claim check).

An event carries the `ObjectRef`, the store keeps the bytes under their SHA-256. An object never changes: the same bytes
put twice are one object, other bytes have another address. The implementations are in `shared/adapters`.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import Final, Protocol

from shared.kernel import Unavailable

ADDRESS: Final = re.compile(r"[0-9a-f]{64}")
MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
PIECE_BYTES: Final = 1024 * 1024
"""About how many bytes of a large object are in memory at a time."""


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


class StoreMisconfigured(Unavailable):
    """The store answers, but refuses: no such bucket, wrong credentials, no right. An operator has to correct it."""


class ObjectStore(Protocol):
    """Stores immutable bytes by their SHA-256; what nobody refers to may be discarded.

    Every method raises `Unavailable` if the store does not answer, and `StoreMisconfigured` if it refuses.
    """

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """Store the bytes; they are durable on return. Raises `ObjectCorrupt` if other bytes are at their address."""
        ...

    async def put_file(self, file: Path, *, media_type: str) -> ObjectRef:
        """The same for the bytes of a file of any size, which nobody writes to meanwhile; it is read piece by piece."""
        ...

    async def get(self, sha256: str) -> bytes:
        """The bytes, after their hash was checked; raises `ObjectMissing` or `ObjectCorrupt`."""
        ...

    def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """The same bytes piece by piece; the last piece only comes if the hash of all is right (`checked_pieces`)."""
        ...

    async def exists(self, sha256: str) -> bool:
        """Whether there is an object with this address; its bytes are not read."""
        ...

    async def discard(self, sha256: str) -> None:
        """Remove the object with this address, if there is one; the caller knows that nobody refers to it."""
        ...

    async def check(self) -> None:
        """Return if the store can be read; what it raises says what is wrong."""
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


async def checked_pieces(pieces: AsyncIterator[bytes], *, sha256: str) -> AsyncIterator[bytes]:
    """The same pieces, but the last one only if the hash of all is `sha256`; raises `ObjectCorrupt` instead of it.

    So whoever reads on, for example a client that was told the length, notices that the object is not complete.
    """
    found, held = _sha256(), b""
    async for piece in pieces:
        if held:
            yield held
        found.update(piece)
        held = piece
    if found.hexdigest() != sha256:
        raise ObjectCorrupt(sha256)
    yield held
