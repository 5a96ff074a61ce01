"""Review and publication: numbers without gaps, a signed document, the news item, the record."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pypdf
import pytest

from deploy.local.pki import make_test_pki
from services.minutes.adapters.pdf_verifier import verify_pdf
from services.minutes.adapters.trust_root_verifier import TrustRootVerifier
from services.minutes.domain.commands import ApproveMinutes
from services.minutes.effects import SignatureNotTrusted
from services.minutes.policy import PUBLISH_NEWS, SIGN_MINUTES
from services.minutes.store import MINUTES
from shared.application import execute
from shared.contracts.archive import RecordSealed
from shared.kernel import Actor, Role
from tests.minutes.registration_facts import TITLE
from tests.minutes.running_service import MinutesService, code

CHAIR = Actor(subject="chair", roles=frozenset({Role.CHAIR}), organisation="MTC")
NEW_YEARS_EVE = datetime(2022, 12, 31, 16, 59, tzinfo=UTC)  # one minute to midnight in Vientiane
NEW_YEAR = datetime(2022, 12, 31, 17, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
OPINION = {"organisation": "MOF", "agenda_item": "2", "position": "object", "text": "ບໍ່ເຫັນດີຕໍ່ຂໍ້ສະເໜີ"}


async def number_of(minutes_service: MinutesService, minutes: UUID) -> str | None:
    number: str | None = (await minutes_service.view(minutes))["number"]
    return number


async def approve(minutes_service: MinutesService, minutes: UUID, at: datetime) -> None:
    async with minutes_service.database.transaction() as connection:
        await execute(connection, MINUTES, minutes, ApproveMinutes(actor=CHAIR, at=at))


class PowerCut(Exception):
    """After the decision, before the commit."""


async def approve_and_break_off(minutes_service: MinutesService, minutes: UUID) -> None:
    async with minutes_service.database.transaction() as connection:
        await execute(connection, MINUTES, minutes, ApproveMinutes(actor=CHAIR, at=NEW_YEARS_EVE))
        raise PowerCut


def sealed(meeting: str, record: UUID) -> RecordSealed:
    return RecordSealed(
        record_id=record,
        meeting_id=UUID(meeting),
        package_sha256="d" * 64,
        package_size=1,
        facts=1,
        log_index=0,
        log_size=1,
        log_root="e" * 64,
        sealed_at=NEW_YEAR,
    )


async def test_two_chairs_who_approve_at_once_get_two_numbers_in_a_row(minutes_service: MinutesService) -> None:
    waiting = [await minutes_service.submitted() for _ in range(4)]
    answers = await asyncio.gather(*(minutes_service.step(minutes, "approve", "chair") for minutes in waiting))
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == ["0001/ຕສ", "0002/ຕສ", "0003/ຕສ", "0004/ຕສ"]


async def test_an_approval_that_fails_gives_its_number_back(minutes_service: MinutesService) -> None:
    first, second = await minutes_service.submitted(), await minutes_service.submitted()
    with pytest.raises(PowerCut):
        await approve_and_break_off(minutes_service, first)
    stale = await minutes_service.step(first, "approve", "chair", headers={"If-Match": '"9"'})
    assert code(stale) == (412, "StaleVersion")
    assert code(await minutes_service.step(first, "approve", "secretary")) == (403, "NotPermitted")
    await approve(minutes_service, second, NEW_YEARS_EVE)
    await approve(minutes_service, first, NEW_YEARS_EVE)
    assert [await number_of(minutes_service, minutes) for minutes in (second, first)] == ["0001/ຕສ", "0002/ຕສ"]


async def test_numbers_begin_anew_with_the_year_of_vientiane(minutes_service: MinutesService) -> None:
    first, second, third = [await minutes_service.submitted() for _ in range(3)]
    await approve(minutes_service, first, NEW_YEARS_EVE)
    await approve(minutes_service, second, NEW_YEAR)
    await approve(minutes_service, third, NEW_YEARS_EVE)
    assert await minutes_service.rows("SELECT year, last FROM number_series ORDER BY year") == [(2022, 2), (2023, 1)]
    assert await number_of(minutes_service, second) == "0001/ຕສ"


async def test_returned_minutes_say_why_and_may_be_submitted_again(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.submitted()
    returned = await minutes_service.step(minutes, "return", "chair", json={"reason": "ກະລຸນາກວດຄືນ"})
    assert (returned.json()["state"], (await minutes_service.view(minutes))["returned"]) == ("draft", "ກະລຸນາກວດຄືນ")
    assert "ກະລຸນາກວດຄືນ" not in await minutes_service.payloads()
    assert (await minutes_service.step(minutes, "submit", "secretary")).json()["state"] == "in-review"


async def test_the_signed_document_says_what_happened_and_proves_who_signed(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    await minutes_service.step(minutes, "opinions", "secretary", json=OPINION)
    for step, role in (("submit", "secretary"), ("approve", "chair")):
        assert (await minutes_service.step(minutes, step, role)).status_code == 200
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    document = await minutes_service.call("GET", f"/v1/minutes/{minutes}/document", "chair")
    verdict = verify_pdf(document.content, [minutes_service.pki.root.read_bytes()])
    assert (verdict.trusted, [signature.field for signature in verdict.signatures]) == (
        True,
        ["signature-recorder", "signature-chair"],
    )
    ((signed,),) = await minutes_service.rows("SELECT signed FROM minutes")
    assert signed["document"]["sha256"] == sha256(document.content).hexdigest()
    assert signed["render_sha256"] == verdict.first_revision_sha256
    content = await minutes_service.dependencies.objects.get(signed["content"]["sha256"])
    (attached,) = pypdf.PdfReader(_file(minutes_service, document.content)).attachments.values()
    assert attached == [content]
    assert {name: json.loads(content)[name] for name in ("number", "present", "women", "title")} == {
        "number": "0001/ຕສ",
        "present": 4,
        "women": 2,
        "title": TITLE.lo,
    }
    assert json.loads(content)["discussions"][0]["opinions"] == [
        {"speaker": "ກະຊວງການເງິນ", "position": "object", "text": "ບໍ່ເຫັນດີຕໍ່ຂໍ້ສະເໜີ"}
    ]


def _file(minutes_service: MinutesService, content: bytes) -> Path:
    path = minutes_service.issuer.with_name("minutes.pdf")
    path.write_bytes(content)
    return path


async def test_a_signing_that_breaks_off_is_done_again_and_answered_once(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.approved()
    await minutes_service.work(SIGN_MINUTES, minutes)  # signed and stored, and then the worker dies
    second, third = [await minutes_service.work(SIGN_MINUTES, minutes) for _ in range(2)]
    for answer in (second, third):
        async with minutes_service.database.transaction() as connection:
            await answer(connection)
    assert (await minutes_service.outbox_types(minutes)).count("minutes-signed") == 1
    late = await minutes_service.work(SIGN_MINUTES, minutes)
    async with minutes_service.database.transaction() as connection:
        await late(connection)
    assert (await minutes_service.outbox_types(minutes))[-1] == "minutes-signed"


async def test_whoever_publishes_before_all_have_signed_is_told_when_to_ask_again(
    minutes_service: MinutesService,
) -> None:
    minutes = await minutes_service.approved()
    early = await minutes_service.step(minutes, "publish", "secretary")
    assert (code(early), early.headers["retry-after"]) == ((409, "SigningUnderWay"), "2")
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    assert (await minutes_service.step(minutes, "publish", "secretary")).status_code == 200
    again = await minutes_service.step(minutes, "publish", "secretary")
    assert (code(again), "retry-after" in again.headers) == ((409, "WrongPhase"), False)


async def test_the_document_is_the_houses_until_it_is_published(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.approved()
    path = f"/v1/minutes/{minutes}/document"
    assert code(await minutes_service.call("GET", path, "chair")) == (409, "DocumentNotSigned")
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    assert code(await minutes_service.call("GET", path)) == (401, "TokenMissing")
    assert code(await minutes_service.call("GET", path, "chair", organisation="MOF")) == (403, "NotPermitted")
    assert code(await minutes_service.call("GET", path, "organiser")) == (403, "NotPermitted")
    own = await minutes_service.call("GET", path, "secretary")
    await minutes_service.step(minutes, "publish", "secretary")
    everybodys = await minutes_service.call("GET", path)
    assert (everybodys.status_code, everybodys.headers["content-type"]) == (200, "application/pdf")
    assert everybodys.content == own.content
    assert [one.headers["cache-control"] for one in (own, everybodys)] == ["no-store", "public, no-cache"]


async def test_published_minutes_make_one_news_item_at_one_address(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.published()
    await minutes_service.attempt(PUBLISH_NEWS, minutes)
    assert await minutes_service.outbox_types(minutes) == [
        "minutes-started",
        "minutes-drafted",
        "minutes-submitted",
        "minutes-approved",
        "minutes-signed",
        "minutes-published",
        "news-published",
    ]
    item = (await minutes_service.call("GET", f"/v1/minutes/{minutes}/news")).json()
    assert (item["title"], item["byline"]) == (TITLE.lo, "ບົດຂ່າວໂດຍ: ສູນບໍລິຫານດິຈິຕອນ")
    bodies = "ກະຊວງຍຸຕິທຳ, ກະຊວງການເງິນ, ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"
    assert item["paragraphs"][0].endswith(f"ຊຶ່ງມີຜູ້ເຂົ້າຮ່ວມຈາກ{bodies} ເຂົ້າຮ່ວມ ທັງໝົດ 4 ທ່ານ.")
    assert item["address"] == f"https://minutes.example/v1/news/{item['news_id']}"
    assert (await minutes_service.call("GET", f"/v1/news/{item['news_id']}")).json() == item
    assert (await minutes_service.call("GET", "/v1/news")).json()["items"] == [item]
    assert code(await minutes_service.call("GET", f"/v1/news/{uuid4()}")) == (404, "NotFound")


async def test_the_feed_lists_the_news_as_atom(minutes_service: MinutesService) -> None:
    empty = ET.fromstring((await minutes_service.call("GET", "/v1/news/feed.atom")).content)  # noqa: S314 -- our own
    await minutes_service.published()
    answer = await minutes_service.call("GET", "/v1/news/feed.atom")
    (item,) = (await minutes_service.call("GET", "/v1/news")).json()["items"]
    feed = ET.fromstring(answer.content)  # noqa: S314 -- our own
    found: list[Any] = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert (list(empty.iter(f"{ATOM}entry")), found) == ([], [TITLE.lo])
    assert [link.get("href") for link in feed.iter(f"{ATOM}link")] == [
        "https://minutes.example/v1/news/feed.atom",
        item["address"],
    ]
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "application/atom+xml",
        "public, max-age=60",
    )


async def test_minutes_are_filed_when_the_archive_holds_them(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.published()
    meeting, record = (await minutes_service.view(minutes))["meeting_id"], uuid4()
    await minutes_service.receive(sealed(meeting, record), sealed(meeting, record), sealed(str(uuid4()), record))
    assert (await minutes_service.view(minutes))["state"] == "filed"
    assert (await minutes_service.outbox_types(minutes))[-2:] == ["news-published", "minutes-filed"]
    assert (await minutes_service.call("GET", f"/v1/minutes/{minutes}/document")).status_code == 200


async def test_what_does_not_verify_is_not_given_out(minutes_service: MinutesService, tmp_path: Path) -> None:
    minutes = await minutes_service.approved()
    foreign = make_test_pki(tmp_path / "foreign").root.read_bytes()
    minutes_service.dependencies = replace(minutes_service.dependencies, verifier=TrustRootVerifier(foreign))
    with pytest.raises(SignatureNotTrusted, match="does not lead to a trusted root"):
        await minutes_service.work(SIGN_MINUTES, minutes)
    assert (await minutes_service.outbox_types(minutes))[-1] == "minutes-approved"


async def test_a_summary_is_printed_after_the_items_of_the_agenda(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    for body in (OPINION, {**OPINION, "agenda_item": None}):
        await minutes_service.step(minutes, "opinions", "secretary", json=body)
    edit: dict[str, Any] = {"json": {"summary": "ໜຶ່ງ\n\nສອງ"}, "headers": {"If-Match": '"1"'}}
    await minutes_service.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", **edit)
    for step, role in (("submit", "secretary"), ("approve", "chair")):
        await minutes_service.step(minutes, step, role)
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    ((signed,),) = await minutes_service.rows("SELECT signed FROM minutes")
    content = json.loads(await minutes_service.dependencies.objects.get(signed["content"]["sha256"]))
    assert [(each["heading"], each["paragraphs"], len(each["opinions"])) for each in content["discussions"]] == [
        ("ວາລະທີ 2: ລາຍງານ DMA", [], 1),
        ("ຄຳເຫັນລວມ", ["ໜຶ່ງ", "ສອງ"], 1),
    ]
