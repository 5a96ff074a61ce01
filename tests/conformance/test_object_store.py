"""Every object store: what was put is got back, once, unchanged, and nothing else has an address."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from shared.adapters.stores import object_store
from shared.objects import ObjectCorrupt, ObjectMissing, ObjectRef, ObjectStore
from tests.conformance.counterparts import until
from tests.conformance.object_stores import RIGS, Rig
from tests.counterparts.s3 import environment

TEXT = "text/plain"
LARGE = 200 * 1024 * 1024


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    return RIGS[request.param](request, tmp_path)


@pytest.fixture
def store(rig: Rig) -> ObjectStore:
    return object_store(rig.settings)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that is larger than any piece or part."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(LARGE // 2**20):
            file.write(number.to_bytes(4) * 2**18)
    return path


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


@pytest.mark.parametrize("address", ["00" * 32, "", "../../etc/passwd", "AB" * 32])
async def test_what_is_discarded_is_gone_and_nothing_else(store: ObjectStore, address: str) -> None:
    kept, gone = await store.put(b"kept", media_type=TEXT), await store.put(b"gone", media_type=TEXT)
    for each in (gone.sha256, gone.sha256, address):
        await store.discard(each)
    with pytest.raises(ObjectMissing):
        await store.get(gone.sha256)
    assert await store.get(kept.sha256) == b"kept"
    assert await store.put(b"gone", media_type=TEXT) == gone
    assert await store.get(gone.sha256) == b"gone"


async def receive(pieces: AsyncIterator[bytes], received: list[bytes]) -> None:
    async for piece in pieces:
        received += [piece]


def start_writer(rig: Rig, file: Path) -> subprocess.Popen[str]:
    """Another process that stores the file."""
    program = [sys.executable, "-m", "tests.conformance.large_object", str(file)]
    told = os.environ | environment("TEST_OBJECTS", rig.settings)
    return subprocess.Popen(program, env=told, stdout=subprocess.PIPE, text=True)


async def test_one_and_the_same_object_from_many_at_once(rig: Rig) -> None:
    stores = [object_store(rig.settings) for _ in range(4)]  # as many replicas
    refs = await asyncio.gather(*(each.put(b"same", media_type=TEXT) for each in stores * 5))
    assert set(refs) == {ObjectRef(sha256(b"same").hexdigest(), 4, TEXT)}


async def test_a_store_that_is_there_passes_its_check(store: ObjectStore) -> None:
    await store.check()
    await store.put(b"one", media_type=TEXT)
    await store.check()


@pytest.mark.parametrize("size", [0, 10, 2**20, 8 * 2**20, 20 * 2**20 + 1])
async def test_a_file_is_stored_like_its_bytes(store: ObjectStore, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "file").write_bytes(data)
    refs = [await store.put_file(tmp_path / "file", media_type=TEXT) for _ in range(2)]
    assert {*refs, await store.put(data, media_type=TEXT)} == {ObjectRef(sha256(data).hexdigest(), size, TEXT)}
    assert b"".join([piece async for piece in store.stream(refs[0].sha256)]) == data


async def test_other_bytes_under_an_address_are_noticed_and_stay(rig: Rig, store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(20 * 2**20))
    refs = [await store.put(b"one", media_type=TEXT), await store.put_file(tmp_path / "file", media_type=TEXT)]
    for ref in refs:
        await rig.replace(f"{ref.sha256[:2]}/{ref.sha256}", b"two")
        with pytest.raises(ObjectCorrupt):
            await store.get(ref.sha256)
    with pytest.raises(ObjectCorrupt):
        await store.put(b"one", media_type=TEXT)
    with pytest.raises(ObjectCorrupt):
        await store.put_file(tmp_path / "file", media_type=TEXT)


async def test_a_stream_that_is_not_what_it_should_be_never_comes_to_its_end(rig: Rig, store: ObjectStore) -> None:
    ref = await store.put(bytes(3 * 2**20), media_type=TEXT)
    await rig.replace(f"{ref.sha256[:2]}/{ref.sha256}", b"\1" + bytes(3 * 2**20 - 1))
    received: list[bytes] = []
    with pytest.raises(ObjectCorrupt):
        await receive(store.stream(ref.sha256), received)
    assert sum(map(len, received)) < ref.size


async def test_a_large_file_is_never_in_memory_as_a_whole(rig: Rig, large: Path) -> None:
    writer = start_writer(rig, large)
    told, _ = await asyncio.to_thread(writer.communicate)
    size, grown = map(int, told.split())
    assert size == LARGE
    assert grown < LARGE // 4


async def test_what_was_killed_while_it_wrote_has_written_nothing(rig: Rig, store: ObjectStore, large: Path) -> None:
    address = await asyncio.to_thread(lambda: sha256(large.read_bytes()).hexdigest())
    with start_writer(rig, large) as writer:
        await until(rig.unfinished)
        writer.kill()
    assert (writer.returncode, await store.exists(address)) == (-9, False)
    assert (await store.put_file(large, media_type=TEXT)).sha256 == address
    assert [len(piece) async for piece in store.stream(address)] != []
