"""Disks that can be filled: a tmpfs under a server's data, or limits on files where nothing may be mounted."""

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

_MEBIBYTE = 1024 * 1024
_DEVICE = "pasum-chaos-"
_ATTEMPTS = 20


class SmallDisk:
    """A file system of its own at `folder`, with room for `mebibytes`."""

    def __init__(self, folder: Path, *, mebibytes: int) -> None:
        self.folder = folder
        self._size = mebibytes * _MEBIBYTE

    def mount(self) -> bool:
        """Whether it could be mounted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._size},mode=0755"
        return _ran("mount", "-t", "tmpfs", "-o", options, f"{_DEVICE}{os.getpid()}", str(self.folder))

    def unmount(self) -> None:
        """Give it back, with everything on it."""
        if os.path.ismount(self.folder):
            _ran("umount", "-l", str(self.folder))

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Not one more page can be written (ENOSPC) for as long as the block lasts: the disk is as large as its data.

        Raises `OSError` where somebody writes so fast that it never is.
        """
        try:
            if not any(self._resize(self._used()) for _ in range(_ATTEMPTS)):
                raise OSError(f"{self.folder} cannot be made full")
            yield
        finally:
            self._resize(self._size)

    def _used(self) -> int:
        found = os.statvfs(self.folder)
        return max(1, found.f_blocks - found.f_bfree) * found.f_frsize

    def _resize(self, size: int) -> bool:
        return _ran("mount", "-o", f"remount,size={size}", str(self.folder))


class FileLimit:
    """Where nothing can be mounted: no file of a server may grow (EFBIG), set from outside on the running processes."""

    def __init__(self, pid: Callable[[], int | None]) -> None:
        self._pid = pid

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No file grows for as long as the block lasts; processes that are born meanwhile inherit it."""
        try:
            self._limit(0)
            yield
        finally:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        pid = self._pid()
        if pid is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(pid)
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def unmount_leftovers() -> None:
    """Give back the disks of runs that were killed."""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        device, folder, *_ = line.split()
        pid = device.removeprefix(_DEVICE)
        if device.startswith(_DEVICE) and pid.isdigit() and not psutil.pid_exists(int(pid)):
            _ran("umount", "-l", folder)


def _ran(program: str, *arguments: str) -> bool:
    """Whether a program of the system is there and says that all went well."""
    path = shutil.which(program)
    return path is not None and subprocess.run([path, *arguments], check=False, capture_output=True).returncode == 0
