"""Every object store, empty, with what a test does to it behind its back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pytest

from shared.adapters.s3_bucket import Bucket
from shared.adapters.settings import StoreSettings
from tests.counterparts.s3 import S3Server


class Rig(Protocol):
    """A store, and the ways past its adapter."""

    @property
    def settings(self) -> StoreSettings:
        """How a service would be told of it."""
        ...

    async def replace(self, key: str, data: bytes) -> None:
        """Write other bytes to where an object is."""
        ...

    def unfinished(self) -> bool:
        """Whether something is being written at this moment."""
        ...


@dataclass(frozen=True)
class DirectoryRig:
    """A folder."""

    root: Path

    @property
    def settings(self) -> StoreSettings:
        """See `Rig.settings`."""
        return StoreSettings(folder=self.root)

    async def replace(self, key: str, data: bytes) -> None:
        """See `Rig.replace`."""
        await asyncio.to_thread((self.root / key).parent.chmod, 0o755)
        await asyncio.to_thread((self.root / key).unlink)
        await asyncio.to_thread((self.root / key).write_bytes, data)

    def unfinished(self) -> bool:
        """See `Rig.unfinished`."""
        return any((self.root / "incoming").glob("*"))


@dataclass(frozen=True)
class BucketRig:
    """A bucket of a server; `incoming` is where the server keeps what is being uploaded."""

    server: S3Server
    bucket: str
    incoming: Path
    scratch: Path

    @property
    def settings(self) -> StoreSettings:
        """See `Rig.settings`."""
        return self.server.settings(self.bucket)

    async def replace(self, key: str, data: bytes) -> None:
        """See `Rig.replace`."""
        await asyncio.to_thread((self.scratch / "other").write_bytes, data)
        await Bucket(self.settings).upload(key, self.scratch / "other", media_type="text/plain")

    def unfinished(self) -> bool:
        """See `Rig.unfinished`."""
        return any(path.is_file() for path in self.incoming.rglob("*"))


def _directory(_request: pytest.FixtureRequest, folder: Path) -> Rig:
    return DirectoryRig(folder / "objects")


def _versitygw(request: pytest.FixtureRequest, folder: Path) -> Rig:
    server: S3Server = request.getfixturevalue("versitygw")
    bucket = server.new_bucket()
    return BucketRig(server, bucket, server.data / bucket / ".sgwtmp", folder)


def _minio(request: pytest.FixtureRequest, folder: Path) -> Rig:
    server: S3Server = request.getfixturevalue("minio")
    return BucketRig(server, server.new_bucket(), server.data / ".minio.sys" / "multipart", folder)


RIGS: Final[dict[str, Callable[[pytest.FixtureRequest, Path], Rig]]] = {
    "directory": _directory,
    "versitygw": _versitygw,
    "minio": _minio,
}
