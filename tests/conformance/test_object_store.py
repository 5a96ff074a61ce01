"""Every object store: what was put is got back, once, unchanged, and nothing else has an address."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from shared.objects import DirectoryStore, ObjectMissing, ObjectRef, ObjectStore

TEXT = "text/plain"
STORES = {"directory": DirectoryStore}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return STORES[request.param](tmp_path / "objects")


@pytest.mark.parametrize("data", [b"", b"\0", "ບົດບັນທຶກກອງປະຊຸມ".encode(), bytes(range(256)) * 20_000])
async def test_what_was_put_is_got_back(store: ObjectStore, data: bytes) -> None:
    ref = await store.put(data, media_type=TEXT)
    assert ref == ObjectRef(sha256(data).hexdigest(), len(data), TEXT)
    assert await store.get(ref.sha256) == data
    assert await store.exists(ref.sha256)


async def test_the_same_bytes_are_one_object_however_often_they_are_put(store: ObjectStore) -> None:
    refs = await asyncio.gather(*(store.put(b"same", media_type=TEXT) for _ in range(20)))
    assert set(refs) == {ObjectRef(sha256(b"same").hexdigest(), 4, TEXT)}
    assert await store.get(refs[0].sha256) == b"same"


async def test_other_bytes_are_another_object(store: ObjectStore) -> None:
    first, second = await store.put(b"one", media_type=TEXT), await store.put(b"two", media_type=TEXT)
    assert [await store.get(ref.sha256) for ref in (first, second)] == [b"one", b"two"]


@pytest.mark.parametrize(
    "address", ["00" * 32, "", "../../etc/passwd", "/etc/passwd", "AB" * 32, "0" * 63, "0" * 64 + "\n"]
)
async def test_what_was_never_put_is_missing(store: ObjectStore, address: str) -> None:
    await store.put(b"something else", media_type=TEXT)
    assert not await store.exists(address)
    with pytest.raises(ObjectMissing):
        await store.get(address)


@pytest.mark.parametrize("media_type", ["", "text", "text/", "text/plain\r\nX: y", "Text/Plain"])
async def test_an_object_has_a_media_type(store: ObjectStore, media_type: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        await store.put(b"typeless", media_type=media_type)
    assert not await store.exists(sha256(b"typeless").hexdigest())
