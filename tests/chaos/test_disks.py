"""Disks that can be filled: nothing more can be written while they are, and everything afterwards."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.disks import FileLimit, SmallDisk

GROWING = """
import sys
file = open(sys.argv[1], "ab", buffering=0)
for line in sys.stdin:
    try:
        file.write(b"x" * 4096)
        print("grown", flush=True)
    except OSError as error:
        print(error.errno, flush=True)
"""


def append(path: Path) -> int:
    """Write a page at the end of a file; 0, or the number of the error."""
    try:
        with path.open("ab", buffering=0) as file:
            file.write(bytes(4096))
    except OSError as error:
        return error.errno or -1
    return 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk", mebibytes=4)
    yield disk
    disk.unmount()


def test_a_full_disk_takes_nothing_and_a_freed_one_everything(disk: SmallDisk) -> None:
    mounted = disk.mount()
    path = disk.folder / "file"
    assert append(path) == 0  # also where nothing may be mounted: the folder is there all the same
    if mounted:
        with disk.full():
            assert append(path) == errno.ENOSPC
        assert append(path) == 0


def test_the_files_of_a_limited_process_do_not_grow_until_the_limit_is_gone(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", GROWING, str(tmp_path / "file")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []

        def grow() -> None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("grow\n")
            process.stdin.flush()
            answers.append(process.stdout.readline().strip())

        grow()
        with FileLimit(lambda: process.pid).full():
            grow()
        grow()
        process.stdin.close()
    assert answers == ["grown", str(errno.EFBIG), "grown"]
