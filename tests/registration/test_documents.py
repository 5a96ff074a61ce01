"""Documents of a meeting over HTTP: uploaded, added, read by those who may, replaced, withdrawn, forgotten."""

import asyncio
from hashlib import sha256
from urllib.parse import unquote

import pytest

from services.registration.api.documents.keeping import FILE_BYTES
from tests.registration.papers import (
    DOCX,
    PDF,
    TITLE,
    XLSX,
    digest_of,
    documented,
    fetched,
    listed,
    pdf,
    sent,
    uploaded,
    xlsx,
    zipped,
)
from tests.registration.running_service import RegistrationService, code_of

LAO_TEXT = "ລະບຽບວາລະ ກອງປະຊຸມ\n1. ກ່າວເປີດ\n".encode()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(), PDF),
        (xlsx(), XLSX),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), DOCX),
        (LAO_TEXT, "text/plain"),
        (LAO_TEXT * 20_000, "text/plain; charset=utf-8"),
        ("ຊື່,ຕຳແໜ່ງ\nແກ້ວ,ຫົວໜ້າ\n".encode(), "text/csv"),
    ],
    ids=["pdf", "xlsx", "docx", "Lao text", "long Lao text", "table"],
)
async def test_a_file_is_named_by_its_hash(
    shared_service: RegistrationService, content: bytes, media_type: str
) -> None:
    service = shared_service
    path = await service.drafted()
    answers = [await sent(service, path, content, media_type, content_digest=digest_of(content)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    told = answers[1].json()
    assert (told["sha256"], told["size"]) == (sha256(content).hexdigest(), len(content))
    assert told["media_type"] == media_type.partition(";")[0]


@pytest.mark.parametrize(
    ("content", "media_type", "refusal"),
    [
        (b"<html><script>alert(1)</script>", PDF, (415, "FileTypeDiffers", None)),
        (b"<html><script>alert(1)</script>", "text/plain", (415, "FileTypeDiffers", None)),
        (b"MZ" + bytes(300), PDF, (415, "FileTypeDiffers", None)),
        (zipped("virus.exe"), DOCX, (415, "FileTypeDiffers", None)),
        (xlsx("ລາຍຈ່າຍ"), DOCX, (415, "FileTypeDiffers", None)),
        ("ກອງປະຊຸມ".encode("utf-16"), "text/plain", (415, "FileTypeDiffers", None)),
        (b"agenda\0", "text/plain", (415, "FileTypeDiffers", None)),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", (415, "UnsupportedFileType", None)),
        (pdf(7), "", (415, "UnsupportedFileType", None)),
        (b"", PDF, (422, "FileEmpty", None)),
    ],
)
async def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(
    shared_service: RegistrationService, content: bytes, media_type: str, refusal: tuple[int, str, str | None]
) -> None:
    service = shared_service
    path = await service.drafted()
    assert code_of(await sent(service, path, content, media_type)) == refusal
    assert await service.value("SELECT count(*) FROM stored_file WHERE sha256 = $1", sha256(content).hexdigest()) == 0


@pytest.mark.parametrize("digest", [digest_of(b"another"), "sha-256=:x:", "md5=:x:, sha-256=:AA==:"])
async def test_a_file_that_was_damaged_on_its_way_is_refused(shared_service: RegistrationService, digest: str) -> None:
    service = shared_service
    path = await service.drafted()
    assert code_of(await sent(service, path, pdf(), PDF, content_digest=digest)) == (422, "FileDamaged", None)
    assert (await sent(service, path, pdf(), PDF, content_digest="md5=:x:")).status_code == 201  # not one of ours


async def test_a_file_that_is_too_large_is_refused_before_anything_looks_at_it(
    shared_service: RegistrationService,
) -> None:
    service = shared_service
    path = await service.drafted()
    large = b"%PDF-1.7\n" + bytes(FILE_BYTES)
    assert code_of(await sent(service, path, large, PDF)) == (413, "BodyTooLarge", None)


async def test_a_document_is_made_of_a_file_of_its_own_meeting_alone(shared_service: RegistrationService) -> None:
    service = shared_service
    path, other = await service.drafted(), await service.drafted()
    body = {"sha256": await uploaded(service, other, pdf()), "title": TITLE, "access": "staff"}
    assert code_of(await service.organiser.post(f"{path}/documents", body)) == (422, "FileUnknown", "/sha256")
    assert (await service.organiser.post(f"{other}/documents", body)).status_code == 201


async def test_documents_come_in_the_order_of_the_agenda(shared_service: RegistrationService) -> None:
    agenda = [{"number": number, "title": {"lo": f"ຂໍ້ {number}"}} for number in ("1", "2", "10")]
    service = shared_service
    path = await service.drafted(agenda=agenda)
    items = {one["number"]: one["item_id"] for one in (await service.organiser.get(f"{path}/agenda")).json()["items"]}
    for number, title in (("10", "ສິບ"), ("2", "ສອງ"), ("1", "ໜຶ່ງ"), (None, "ລວມ"), ("2", "ສອງ ກ")):
        await documented(service, path, title={"lo": title}, item_id=items.get(number or ""))
    assert [title for title, _ in await listed(service.organiser, path)] == ["ລວມ", "ໜຶ່ງ", "ສອງ", "ສອງ ກ", "ສິບ"]
    await service.organiser.delete(f"{path}/agenda/{items['1']}")
    shown = (await service.organiser.get(f"{path}/documents")).json()["documents"]
    assert [(one["title"]["lo"], one["item_id"]) for one in shown][:2] == [("ລວມ", None), ("ໜຶ່ງ", None)]


async def test_who_may_read_which_documents(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened(co_hosts=["MOH"], capacity=1)
    link = await service.invited(path)
    papers = {
        each: await documented(service, path, pdf(number), access=each, title={"lo": each})
        for number, each in enumerate(("public", "participants", "staff"), 1)
    }
    seated, waiting = await service.registered(path, 1), await service.registered(path, 2)
    own = await service.own_tokens()
    callers = [
        (service.anybody, {}, 1),
        (service.as_("organiser", body="MOF"), {}, 1),
        (service.anybody, {"registration_token": own[waiting["registration_id"]]}, 1),
        (service.anybody, {"registration_token": own[seated["registration_id"]]}, 2),
        (service.anybody, {"invitation_token": link}, 2),
        (service.as_("secretary", body="MOH"), {}, 2),
        (service.as_("focal-point"), {}, 1),
        (service.as_("secretary"), {}, 3),
    ]
    for caller, headers, count in callers:
        shown = [access for _, access in await listed(caller, path, **headers)]
        assert shown == list(papers)[:count]
        read = [(await fetched(caller, each, **headers)).status_code for each in papers.values()]
        assert read == [200] * count + [403] * (3 - count)


async def test_a_link_to_another_meeting_opens_nothing_and_a_wrong_one_is_refused(
    shared_service: RegistrationService,
) -> None:
    service = shared_service
    path, other = await service.opened(), await service.opened()
    paper = await documented(service, path, access="participants")
    answer = await fetched(service.anybody, paper, invitation_token=await service.invited(other))
    assert code_of(answer) == (403, "NotPermitted", None)
    assert answer.json()["details"] == {"access": "participants"}
    wrong = await fetched(service.anybody, paper, invitation_token="0" * 16)
    assert code_of(wrong) == (404, "NotFound", None)


async def test_a_draft_shows_its_documents_to_its_own_body_alone(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.drafted()
    paper = await documented(service, path)
    assert (await fetched(service.anybody, paper)).status_code == 404
    assert (await fetched(service.organiser, paper)).status_code == 200
    await service.organiser.post(f"{path}/open")
    assert (await fetched(service.anybody, paper)).status_code == 200


async def test_a_file_is_called_by_its_lao_title_and_never_run(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened()
    paper = await documented(service, path, title={"lo": 'ຮ່າງ: "ຍຸດທະສາດ" 1/2'})
    answer = await fetched(service.anybody, paper)
    headers = answer.headers
    name = headers["content-disposition"].removeprefix("attachment; filename=\"document.pdf\"; filename*=UTF-8''")
    assert unquote(name) == "ຮ່າງ- -ຍຸດທະສາດ- 1-2.pdf"
    assert answer.content == pdf()
    assert (headers["content-type"], headers["x-content-type-options"]) == (PDF, "nosniff")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["etag"] == f'"{sha256(pdf()).hexdigest()}"'


async def test_a_new_version_is_what_people_read_and_the_former_is_kept(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened()
    paper = await documented(service, path)
    changed = await service.organiser.put(f"{paper}/file", {"sha256": await uploaded(service, path, pdf(2))})
    assert (changed.status_code, changed.json()["document"]["version"]) == (200, 2)
    again = await service.organiser.put(f"{paper}/file", {"sha256": sha256(pdf(2)).hexdigest()})
    assert again.json()["document"]["version"] == 2
    assert (await fetched(service.anybody, paper)).content == pdf(2)
    assert (await service.anybody.get(f"{paper}/file", version=1)).content == pdf(1)
    assert code_of(await service.anybody.get(f"{paper}/file", version=3)) == (404, "DocumentUnknown", None)


async def test_a_withdrawn_document_is_given_to_nobody(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened()
    paper = await documented(service, path)
    done = await service.organiser.post(f"{paper}/withdraw", {"reason": "ມີສະບັບປັບປຸງໃໝ່"})
    assert (done.status_code, done.json()["document"]) == (200, None)
    assert await listed(service.organiser, path) == []
    assert code_of(await fetched(service.organiser, paper)) == (404, "DocumentUnknown", None)
    assert code_of(await service.organiser.post(f"{paper}/withdraw", {})) == (404, "DocumentUnknown", None)


async def test_racers_with_the_same_file_store_it_once(service: RegistrationService) -> None:
    path = await service.drafted()
    answers = await asyncio.gather(*(sent(service, path, pdf(), PDF) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert await service.value("SELECT count(*) FROM stored_file") == 1
