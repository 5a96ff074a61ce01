"""Every archive store: written once, never overwritten, held when the law says so."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from services.archive.main import package_store
from services.archive.ports import ArchiveStore, PackageCorrupt, PackageMissing, PackageStored, StoredPackage
from tests.conformance.object_stores import RIGS, Rig

UNTIL = date(2033, 1, 1)
NAME = "minutes-0123-2022"


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    return RIGS[request.param](request, tmp_path)


@pytest.fixture
def store(rig: Rig) -> ArchiveStore:
    return package_store(rig.settings)


Stored = tuple[StoredPackage, bytes]


async def read(store: ArchiveStore, name: str = NAME) -> Stored:
    """What is stored, with the package."""
    return await store.get(name), b"".join([piece async for piece in store.stream(name)])


async def put(store: ArchiveStore, name: str = NAME) -> Stored:
    await store.put(name, package=b"package", proof=b"proof", retain_until=UNTIL)
    return await read(store, name)


async def test_what_was_put_is_got_back(store: ArchiveStore) -> None:
    assert await put(store) == (
        StoredPackage(name=NAME, proof=b"proof", retain_until=UNTIL, held=False),
        b"package",
    )


async def test_the_same_put_again_changes_nothing(store: ArchiveStore) -> None:
    await asyncio.gather(*(put(store) for _ in range(8)))
    assert await store.names() == (NAME,)


@pytest.mark.parametrize(
    ("package", "proof", "until"),
    [(b"x", b"proof", UNTIL), (b"package", b"x", UNTIL), (b"package", b"proof", date(2030, 1, 1))],
)
async def test_nothing_is_ever_overwritten(store: ArchiveStore, package: bytes, proof: bytes, until: date) -> None:
    before = await put(store)
    with pytest.raises(PackageStored):
        await store.put(NAME, package=package, proof=proof, retain_until=until)
    assert await read(store) == before


async def test_of_two_writers_of_one_name_one_wins_whole(store: ArchiveStore) -> None:
    async def write(number: int) -> int | None:
        content = f"package {number}".encode()
        try:
            await store.put(NAME, package=content, proof=content, retain_until=UNTIL)
        except PackageStored:
            return None
        return number

    winners = [number for number in await asyncio.gather(*map(write, range(8))) if number is not None]
    stored, package = await read(store)
    assert [(package, stored.proof)] == [(f"package {n}".encode(), f"package {n}".encode()) for n in winners]


async def test_names_are_in_order(store: ArchiveStore) -> None:
    assert await store.names() == ()
    for name in ("b", "c", "a"):
        await put(store, name)
    assert await store.names() == ("a", "b", "c")


@pytest.mark.parametrize("name", ["", "../x", "/x", "A", "a.b", "a/b", "x" * 101, "ລາວ", "a\n"])
async def test_a_name_is_safe_everywhere(store: ArchiveStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        await store.put(name, package=b"", proof=b"", retain_until=UNTIL)
    with pytest.raises(PackageMissing):
        await store.get(name)
    with pytest.raises(PackageMissing):
        await anext(store.stream(name))
    with pytest.raises(PackageMissing):
        await store.hold(name, reason="inquiry")


async def test_a_hold_lies_on_a_package_until_it_is_released(store: ArchiveStore) -> None:
    await put(store)
    seen = []
    for change in (
        store.hold(NAME, reason="ການກວດກາ"),
        store.hold(NAME, reason="again"),
        store.release(NAME),
        store.release(NAME),
    ):
        await change
        seen.append((await store.get(NAME)).held)
    assert seen == [True, True, False, False]


async def test_there_is_no_hold_on_nothing(store: ArchiveStore) -> None:
    with pytest.raises(PackageMissing):
        await store.hold("nothing", reason="inquiry")
    with pytest.raises(PackageMissing):
        await store.release("nothing")
    with pytest.raises(PackageMissing):
        await store.get("nothing")


@pytest.mark.parametrize("file", [f"{NAME}.zip", f"{NAME}.tlog-proof", "retention.json"])
async def test_other_bytes_than_those_that_were_put_are_noticed(rig: Rig, store: ArchiveStore, file: str) -> None:
    await put(store)
    await rig.replace(f"packages/{NAME}/{file}", b"rot")
    with pytest.raises(PackageCorrupt):
        await read(store)


async def test_a_store_that_is_there_passes_its_check(store: ArchiveStore) -> None:
    await store.check()
    await put(store)
    await store.check()
