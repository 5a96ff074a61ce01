"""Packages in a folder, for a local run or a small office: read-only, never overwritten, written durably.

```
<root>/packages/<name>/<name>.zip  <name>.tlog-proof  retention.json
<root>/holds/<name>.json            present while a legal hold lies on it
<root>/incoming/                    what is being written; what a crash leaves here is never read
```
"""

import errno
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path

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
from shared.adapters.directory_store import file_pieces, in_thread, make_folder, sync_folder, write_new

READ_ONLY_FOLDER = 0o555


class DirectoryArchive:
    """An `ArchiveStore` in a folder of one file system."""

    def __init__(self, root: Path) -> None:
        self._packages = root / "packages"
        self._holds = root / "holds"
        self._incoming = root / "incoming"

    async def put(self, name: str, *, package: bytes, proof: bytes, retain_until: date) -> None:
        """See `ArchiveStore.put`."""
        files = files_of(name, package=package, proof=proof, retain_until=retain_until)
        await in_thread(self._put, name, files)

    async def get(self, name: str) -> StoredPackage:
        """See `ArchiveStore.get`."""
        return await in_thread(self._get, name)

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        """See `ArchiveStore.stream`."""
        retention = await in_thread(self._retention, name)
        async for piece in checked_package(name, retention, self._pieces(name)):
            yield piece

    async def names(self) -> tuple[str, ...]:
        """See `ArchiveStore.names`."""
        return await in_thread(self._names)

    async def hold(self, name: str, *, reason: str) -> None:
        """See `ArchiveStore.hold`."""
        await in_thread(self._hold, name, hold_file(reason))

    async def release(self, name: str) -> None:
        """See `ArchiveStore.release`."""
        await in_thread(self._release, name)

    async def check(self) -> None:
        """See `ArchiveStore.check`; a folder that is not there yet is made by the first put."""
        await in_thread(self._names)

    def _put(self, name: str, files: Mapping[str, bytes]) -> None:
        if not self._folder(name).is_dir():
            self._place(name, files)
        self._require_same(name, files)
        self._folder(name).chmod(READ_ONLY_FOLDER)

    def _place(self, name: str, files: Mapping[str, bytes]) -> None:
        make_folder(self._packages)
        make_folder(self._incoming)
        draft = Path(tempfile.mkdtemp(dir=self._incoming))
        try:
            for file, content in files.items():
                write_new(draft / file, iter((content,)), incoming=self._incoming)
            draft.rename(self._folder(name))  # never replaces a folder that holds something
            sync_folder(self._packages)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _require_same(self, name: str, files: Mapping[str, bytes]) -> None:
        folder = self._folder(name)
        for file, content in files.items():
            try:
                same = (folder / file).read_bytes() == content
            except FileNotFoundError as error:
                raise PackageCorrupt(name) from error
            if not same:
                raise PackageStored(name)

    def _folder(self, name: str) -> Path:
        return self._packages / name

    def _existing(self, name: str) -> Path:
        if not PACKAGE_NAME.fullmatch(name) or not self._folder(name).is_dir():
            raise PackageMissing(name)
        return self._folder(name)

    def _get(self, name: str) -> StoredPackage:
        folder = self._existing(name)
        retention, proof = self._retention(name), _read(folder / f"{name}.tlog-proof")
        return stored_package(name, retention, proof, held=(self._holds / f"{name}.json").is_file())

    def _retention(self, name: str) -> Retention:
        return read_retention(name, _read(self._existing(name) / RETENTION))

    async def _pieces(self, name: str) -> AsyncIterator[bytes]:
        path = self._folder(name) / f"{name}.zip"
        if not await in_thread(path.is_file):
            raise PackageCorrupt(name)
        async for piece in file_pieces(path):
            yield piece

    def _names(self) -> tuple[str, ...]:
        if not self._packages.is_dir():
            return ()
        return tuple(sorted(folder.name for folder in self._packages.iterdir() if PACKAGE_NAME.fullmatch(folder.name)))

    def _hold(self, name: str, flag: bytes) -> None:
        self._existing(name)
        try:
            write_new(self._holds / f"{name}.json", iter((flag,)), incoming=self._incoming)
        except FileExistsError:
            return

    def _release(self, name: str) -> None:
        self._existing(name)
        flag = self._holds / f"{name}.json"
        if flag.is_file():
            flag.unlink()
            sync_folder(self._holds)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
