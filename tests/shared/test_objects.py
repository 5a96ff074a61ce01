"""Objects in a folder: where they lie, what a crash leaves, what rot looks like."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from shared.adapters.directory_store import DirectoryStore
from shared.kernel import Unavailable
from shared.objects import ObjectCorrupt, ObjectDiffers, ObjectRef, fetch

DATA = "ບົດບັນທຶກ".encode()
ADDRESS = sha256(DATA).hexdigest()


def lying(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_file()}


async def test_an_object_is_one_read_only_file_under_its_address(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    await store.put(DATA, media_type="text/plain")
    await store.put(DATA, media_type="application/json")
    assert lying(tmp_path) == {f"{ADDRESS[:2]}/{ADDRESS}": 0o444}


async def test_what_a_crash_left_half_written_is_no_object(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "tmp0").write_bytes(DATA[:3])
    assert not await store.exists(ADDRESS)
    await store.put(DATA, media_type="text/plain")
    assert await store.get(ADDRESS) == DATA


async def test_rot_is_noticed_and_never_overwritten(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    await store.put(DATA, media_type="text/plain")
    file = tmp_path / ADDRESS[:2] / ADDRESS
    file.chmod(0o644)
    file.write_bytes(b"rot")
    with pytest.raises(ObjectCorrupt):
        await store.get(ADDRESS)
    with pytest.raises(ObjectCorrupt):
        await store.put(DATA, media_type="text/plain")
    assert file.read_bytes() == b"rot"


async def test_a_medium_that_refuses_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        await DirectoryStore(tmp_path / "file").put(DATA, media_type="text/plain")


async def test_an_object_is_compared_with_what_was_said_of_it(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    ref = await store.put(DATA, media_type="text/plain")
    assert await fetch(store, ref) == DATA
    for size in (0, ref.size - 1, ref.size + 1):
        with pytest.raises(ObjectDiffers):
            await fetch(store, replace(ref, size=size))


@pytest.mark.parametrize(("address", "size"), [("0" * 63, 1), ("AB" * 32, 1), (ADDRESS, -1), ("../x", 1)])
def test_a_reference_is_an_address_and_a_length(address: str, size: int) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        ObjectRef(address, size, "text/plain")
