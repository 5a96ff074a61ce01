"""Files of documents in the store: parts of them, what nobody uses, and a store that does not answer."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from services.registration.effects.retention import erase_expired
from services.registration.settings import RegistrationSettings
from shared.adapters.settings import StoreSettings
from shared.objects import ObjectStore
from tests.registration.conftest import opened_service
from tests.registration.papers import PDF, TITLE, documented, fetched, pdf, sent, uploaded
from tests.registration.running_service import RegistrationService, code_of
from tests.shared.provider import Provider

EXPIRED = "UPDATE stored_file SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL"


@pytest.fixture
async def broken(
    settings_with_database: RegistrationSettings, provider: Provider, tmp_path: Path
) -> AsyncIterator[RegistrationService]:
    """A service whose store has a file where its folder should be."""
    (tmp_path / "a-file").touch()
    store = StoreSettings(folder=tmp_path / "a-file" / "objects")
    async with opened_service(settings_with_database.model_copy(update={"objects": store}), provider) as opened:
        yield opened


@pytest.fixture
async def without_store(
    settings_with_database: RegistrationSettings, provider: Provider
) -> AsyncIterator[RegistrationService]:
    async with opened_service(settings_with_database.model_copy(update={"objects": None}), provider) as opened:
        yield opened


def store_of(service: RegistrationService) -> ObjectStore:
    store: ObjectStore = service.built.state["dependencies"].keeping.objects
    return store


async def swept(service: RegistrationService) -> None:
    """What has expired, if a day had passed."""
    async with service.database.transaction() as connection:
        await connection.execute(EXPIRED)
    await erase_expired(service.database)
    await service.worked()


async def kept(service: RegistrationService, names: Sequence[str]) -> list[bool]:
    """Which of these files are in the store and in the table."""
    known = [row["sha256"] for row in await service.rows("SELECT sha256 FROM stored_file")]
    there = [await store_of(service).exists(name) for name in names]
    assert [name in known for name in names] == there
    return there


async def test_a_file_of_which_no_document_is_made_is_removed(service: RegistrationService) -> None:
    path = await service.drafted()
    unused = await uploaded(service, path, pdf(1))
    await documented(service, path, pdf(2))
    used = await uploaded(service, path, pdf(2))  # sent again: it has a document already
    await swept(service)
    assert await kept(service, [unused, used]) == [False, True]
    body = {"sha256": unused, "title": TITLE, "access": "staff"}
    assert code_of(await service.organiser.post(f"{path}/documents", body)) == (422, "FileUnknown", "/sha256")
    assert await uploaded(service, path, pdf(1)) == unused


async def test_former_versions_and_withdrawn_documents_keep_their_files(service: RegistrationService) -> None:
    path = await service.drafted()
    paper = await documented(service, path, pdf(1))
    names = [await uploaded(service, path, pdf(number)) for number in (1, 2)]
    await service.organiser.put(f"{paper}/file", {"sha256": names[1]})
    await service.organiser.post(f"{paper}/withdraw", {})
    await swept(service)
    assert await kept(service, names) == [True, True]


async def test_the_files_of_a_deleted_draft_go_unless_another_meeting_has_them(service: RegistrationService) -> None:
    path, other = await service.drafted(), await service.drafted()
    await documented(service, path, pdf(1))
    await documented(service, path, pdf(2))
    await documented(service, other, pdf(2))
    names = [await uploaded(service, other, pdf(number)) for number in (1, 2)]
    assert (await service.organiser.delete(path)).status_code == 204
    await swept(service)
    assert await kept(service, names) == [False, True]


async def test_who_sends_a_file_that_is_being_removed_is_asked_to_come_again(service: RegistrationService) -> None:
    path = await service.drafted()
    await uploaded(service, path, pdf())
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE stored_file SET discarded = true")
    answer = await sent(service, path, pdf(), PDF)
    assert (code_of(answer), answer.headers["retry-after"]) == ((503, "Unavailable", None), "2")
    await swept(service)
    assert (await sent(service, path, pdf(), PDF)).status_code == 201


async def test_a_store_that_does_not_answer_leaves_nothing_half_written(broken: RegistrationService) -> None:
    path = await broken.drafted()
    answer = await sent(broken, path, pdf(), PDF)
    assert (code_of(answer)[:2], "retry-after" in answer.headers) == ((503, "Unavailable"), True)
    assert await broken.value("SELECT count(*) FROM meeting_file") == 0
    assert list(broken.built.needs) == ["documents"]


async def test_without_a_store_documents_are_refused_and_everything_else_works(
    without_store: RegistrationService,
) -> None:
    path = await without_store.opened()
    refused = (501, "DocumentsNotKept", None)
    assert code_of(await sent(without_store, path, pdf(), PDF)) == refused
    paper = f"{path}/documents/00000000-0000-7000-8000-000000000000"
    assert code_of(await fetched(without_store.anybody, paper)) == refused


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-3", (206, "%PDF", "bytes 0-3/{size}")),
        ("bytes=1-2", (206, "PD", "bytes 1-2/{size}")),
        ("bytes=-6", (206, "%%EOF\n", "bytes {last6}-{last}/{size}")),
        ("bytes=0-99999999", (206, None, "bytes 0-{last}/{size}")),
        ("bytes=-99999999", (206, None, "bytes 0-{last}/{size}")),
        ("bytes=99999999-", (416, "", "bytes */{size}")),
        ("bytes=-0", (416, "", "bytes */{size}")),
        ("bytes=5-2", (200, None, None)),
        ("bytes=0-1,3-4", (200, None, None)),
        ("bytes=-", (200, None, None)),
        ("lines=0-1", (200, None, None)),
    ],
)
async def test_a_part_of_a_file(
    shared_service: RegistrationService, asked: str, expected: tuple[int, str | None, str | None]
) -> None:
    content = pdf()
    paper = await documented(shared_service, await shared_service.opened())
    answer = await fetched(shared_service.anybody, paper, range=asked)
    status, part, where = expected
    size = len(content)
    told = where and where.format(size=size, last=size - 1, last6=size - 6)
    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)
    if status != 416:
        assert answer.content == (content if part is None else part.encode())
        assert (answer.headers["accept-ranges"], int(answer.headers["content-length"])) == (
            "bytes",
            len(answer.content),
        )


async def test_who_has_a_part_of_another_version_gets_the_whole_file(shared_service: RegistrationService) -> None:
    paper = await documented(shared_service, await shared_service.opened())
    tag = (await fetched(shared_service.anybody, paper)).headers["etag"]
    anybody = shared_service.anybody
    statuses = [
        (await fetched(anybody, paper, range="bytes=0-3", if_range=tag)).status_code,
        (await fetched(anybody, paper, range="bytes=0-3", if_range='"other"')).status_code,
        (await fetched(anybody, paper, range="bytes=0-3", if_none_match=tag)).status_code,
        (await anybody.http.head(f"{paper}/file", headers={"range": "bytes=0-3"})).status_code,
    ]
    assert statuses == [206, 200, 304, 200]
