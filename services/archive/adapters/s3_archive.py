"""Packages in a bucket, for several replicas: the keys are the paths that `DirectoryArchive` has in its folder.

```
packages/<name>/<name>.zip  <name>.tlog-proof  retention.json
holds/<name>.json            present while a legal hold lies on it
```
No key is ever written twice (`Bucket.create`), and only one under `holds/` is ever deleted.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Final

from services.archive.adapters.package_files import (
    PACKAGE_NAME,
    RETENTION,
    Retention,
    checked_package,
    files_of,
    hold_file,
    read_retention,
    stored_package,
)
from services.archive.ports import PackageCorrupt, PackageMissing, PackageStored, StoredPackage
from shared.adapters.s3_bucket import Bucket

_PACKAGES: Final = "packages/"
_MEDIA_TYPES: Final = {"zip": "application/zip", "tlog-proof": "text/plain", "json": "application/json"}


class S3Archive:
    """An `ArchiveStore` in a bucket; a package is stored once its `retention.json` is, which is written last."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def put(self, name: str, *, package: bytes, proof: bytes, retain_until: date) -> None:
        """See `ArchiveStore.put`; what an interrupted one has left is accepted if it is the same."""
        for file, content in files_of(name, package=package, proof=proof, retain_until=retain_until).items():
            key, media_type = _key(name, file), _MEDIA_TYPES[file.rpartition(".")[2]]
            created = await self._bucket.create(key, content, media_type=media_type)
            if not created and await self._bucket.read(key) != content:
                raise PackageStored(name)

    async def get(self, name: str) -> StoredPackage:
        """See `ArchiveStore.get`."""
        retention = await self._retention(name)
        proof = await self._bucket.read(_key(name, f"{name}.tlog-proof"))
        return stored_package(name, retention, proof, held=await self._bucket.exists(_hold(name)))

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        """See `ArchiveStore.stream`."""
        retention = await self._retention(name)
        pieces = await self._bucket.open(_key(name, f"{name}.zip"))
        if pieces is None:
            raise PackageCorrupt(name)
        async for piece in checked_package(name, retention, pieces):
            yield piece

    async def names(self) -> tuple[str, ...]:
        """See `ArchiveStore.names`."""
        keys = [key.split("/") for key in await self._bucket.keys(_PACKAGES)]
        return tuple(sorted(name for _, name, file in keys if file == RETENTION))

    async def hold(self, name: str, *, reason: str) -> None:
        """See `ArchiveStore.hold`."""
        await self._retention(name)
        await self._bucket.create(_hold(name), hold_file(reason), media_type=_MEDIA_TYPES["json"])

    async def release(self, name: str) -> None:
        """See `ArchiveStore.release`."""
        await self._retention(name)
        await self._bucket.delete(_hold(name))

    async def check(self) -> None:
        """See `ArchiveStore.check`."""
        await self._bucket.check()

    async def _retention(self, name: str) -> Retention:
        found = await self._bucket.read(_key(name, RETENTION)) if PACKAGE_NAME.fullmatch(name) else None
        if found is None:
            raise PackageMissing(name)
        return read_retention(name, found)


def _key(name: str, file: str) -> str:
    return f"{_PACKAGES}{name}/{file}"


def _hold(name: str) -> str:
    return f"holds/{name}.json"
