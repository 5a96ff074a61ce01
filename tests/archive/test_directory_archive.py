"""The archive in a folder: what lies on the disk, what a crash leaves, what rot and a full disk look like."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.archive.adapters.directory_archive import DirectoryArchive
from services.archive.ports import PackageCorrupt
from shared.kernel import Unavailable

NAME = "minutes-0123-2022"


async def put(archive: DirectoryArchive) -> None:
    await archive.put(NAME, package=b"package", proof=b"proof", retain_until=date(2033, 1, 1))


async def read(archive: DirectoryArchive) -> None:
    await archive.get(NAME)
    await anext(archive.stream(NAME))


def modes(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}


async def test_files_and_folder_are_read_only_and_nothing_else_stays(tmp_path: Path) -> None:
    await put(DirectoryArchive(tmp_path))
    assert modes(tmp_path) == {
        "incoming": 0o755,
        "packages": 0o755,
        f"packages/{NAME}": 0o555,
        f"packages/{NAME}/{NAME}.zip": 0o444,
        f"packages/{NAME}/{NAME}.tlog-proof": 0o444,
        f"packages/{NAME}/retention.json": 0o444,
    }


async def test_what_a_crash_left_half_written_is_no_package(tmp_path: Path) -> None:
    archive = DirectoryArchive(tmp_path)
    await put(archive)
    (tmp_path / "incoming" / "tmp0").mkdir()
    (tmp_path / "incoming" / "tmp0" / "other.zip").write_bytes(b"half")
    assert await archive.names() == (NAME,)


def rot(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"rot")


def lose(file: Path) -> None:
    file.parent.chmod(0o755)
    file.unlink()


@pytest.mark.parametrize("harm", [rot, lose])
@pytest.mark.parametrize("file", [f"{NAME}.zip", f"{NAME}.tlog-proof", "retention.json"])
async def test_rot_and_loss_are_noticed_when_it_is_read(
    tmp_path: Path, file: str, harm: Callable[[Path], None]
) -> None:
    archive = DirectoryArchive(tmp_path)
    await put(archive)
    harm(tmp_path / "packages" / NAME / file)
    with pytest.raises(PackageCorrupt):
        await read(archive)


async def test_a_put_onto_a_package_that_lost_a_file_is_noticed(tmp_path: Path) -> None:
    archive = DirectoryArchive(tmp_path)
    await put(archive)
    lose(tmp_path / "packages" / NAME / "retention.json")
    with pytest.raises(PackageCorrupt):
        await put(archive)


async def test_a_medium_that_refuses_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "packages").write_bytes(b"a file where the folder should be")
    with pytest.raises(Unavailable):
        await put(DirectoryArchive(tmp_path))


async def test_a_file_where_the_package_should_be_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / NAME).write_bytes(b"")
    with pytest.raises(Unavailable):
        await put(DirectoryArchive(tmp_path))
    assert modes(tmp_path) == {"incoming": 0o755, "packages": 0o755, f"packages/{NAME}": 0o644}
