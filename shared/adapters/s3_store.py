"""Objects in a bucket of any store that speaks S3, for services with several replicas on several machines."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256 as _sha256
from pathlib import Path

from shared.adapters.directory_store import reference_of
from shared.adapters.s3_bucket import PART_BYTES, Bucket
from shared.objects import ADDRESS, ObjectMissing, ObjectRef, checked_pieces


class S3Store:
    """An `ObjectStore` in a bucket: keys `<first two digits>/<sha256>`, the names that `DirectoryStore` has."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def put(self, data: bytes, *, media_type: str) -> ObjectRef:
        """See `ObjectStore.put`."""
        ref = ObjectRef(_sha256(data).hexdigest(), len(data), media_type)
        if not await self._bucket.create(_key(ref.sha256), data, media_type=media_type):
            await self._verify(ref.sha256)
        return ref

    async def put_file(self, file: Path, *, media_type: str) -> ObjectRef:
        """See `ObjectStore.put_file`; of two writers at the same time, both write the same bytes."""
        ref = await asyncio.to_thread(reference_of, file, media_type)
        if ref.size <= PART_BYTES:
            return await self.put(await asyncio.to_thread(file.read_bytes), media_type=media_type)
        if await self._bucket.exists(_key(ref.sha256)):
            await self._verify(ref.sha256)
        else:
            await self._bucket.upload(_key(ref.sha256), file, media_type=media_type)
        return ref

    async def get(self, sha256: str) -> bytes:
        """See `ObjectStore.get`."""
        return b"".join([piece async for piece in self.stream(sha256)])

    def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """See `ObjectStore.stream`."""
        return checked_pieces(self._pieces(sha256), sha256=sha256)

    async def exists(self, sha256: str) -> bool:
        """See `ObjectStore.exists`."""
        return bool(ADDRESS.fullmatch(sha256)) and await self._bucket.exists(_key(sha256))

    async def discard(self, sha256: str) -> None:
        """See `ObjectStore.discard`."""
        if ADDRESS.fullmatch(sha256):
            await self._bucket.delete(_key(sha256))

    async def check(self) -> None:
        """See `ObjectStore.check`."""
        await self._bucket.check()

    async def _pieces(self, sha256: str) -> AsyncIterator[bytes]:
        pieces = await self._bucket.open(_key(sha256)) if ADDRESS.fullmatch(sha256) else None
        if pieces is None:
            raise ObjectMissing(sha256)
        async for piece in pieces:
            yield piece

    async def _verify(self, sha256: str) -> None:
        async for _ in self.stream(sha256):
            pass


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
