"""What is printed: the attendance sheet in the order of precedence, and badges whose QR code lets people in."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pypdf
import pytest

from services.registration import views
from services.registration.adapters.child_typesetter import ChildTypesetter
from services.registration.adapters.typesetting import pdf_of, split
from services.registration.api.limits import PAPERS
from services.registration.ports import Paper, PrintedPerson
from shared.kernel import Unavailable
from tests.registration.running_service import RegistrationService, code_of

SOMEBODY = PrintedPerson(name="ທ່ານ ແກ້ວ", position="ຫົວໜ້າກົມ", organisation="ກະຊວງການເງິນ", ticket="x" * 300)
PAPER = Paper(
    kind="badges",
    title="ກອງປະຊຸມ",
    when="ວັນທີ 19 ກັນຍາ 2022",
    venue="ວຽງຈັນ",
    organiser="MTC",
    people=(SOMEBODY,) * 9,
)


async def read(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def pages_of(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


async def test_badges_come_eight_on_a_page_from_a_process_that_ends() -> None:
    typesetter = ChildTypesetter()
    assert [pages_of(await read(typesetter.pdf(paper))) for paper in (PAPER, replace(PAPER, people=()))] == [2, 1]


async def test_a_process_that_dies_is_told_as_unavailable() -> None:
    with pytest.raises(Unavailable):
        await read(ChildTypesetter().pdf(replace(PAPER, kind="no template")))  # type: ignore[arg-type] # -- the fault


@pytest.mark.parametrize("text", ["", "#evil[$]", "\\u{0}", "a\0b\u200b", "ກ" * 5_000, "emoji 🙂"])
@pytest.mark.parametrize("kind", ["attendance-sheet", "badges"])
def test_whatever_a_name_is_the_paper_is_printed(kind: str, text: str) -> None:
    odd: dict[str, Any] = {
        "name": text,
        "position": text,
        "organisation": text,
        "ticket": None,
        "came": "08:10",
        "remark": text,
    }
    odd["answers"] = [text, text]
    paper: dict[str, Any] = {"kind": kind, "people": [odd]}
    paper |= dict.fromkeys(("title", "when", "venue", "organiser"), text)
    assert pdf_of(paper).startswith(b"%PDF-")


def test_lines_break_between_lao_words() -> None:
    assert split("ຫົວໜ້າກົມ") == ("ຫົວໜ້າ", "ກົມ")


async def test_people_are_printed_by_rank_with_the_time_at_which_they_came(service: RegistrationService) -> None:
    path = await service.opened()
    for number, (name, rank) in enumerate((("ນ້ອຍ", 80), ("ຄຳ", 50), ("ແກ້ວ", 80), ("ບຸນ", 80))):
        seat = await service.registered(path, number, given_name=name, rank=rank)
        if name == "ແກ້ວ":
            await service.scanned(path, {"code": seat["code"]}, offline=True)
        if name == "ບຸນ":
            await service.withdrawn(path, seat)
    came_at = await service.value("SELECT came_at FROM check_in")
    async with service.database.reading() as connection:
        rows = await views.people_to_print(connection, UUID(path.rpartition("/")[2]), limit=9)
    assert [(row["given_name"], row["checked_in_at"]) for row in rows] == [
        ("ຄຳ", None),
        ("ແກ້ວ", came_at),
        ("ນ້ອຍ", None),
    ]


async def test_the_staff_prints_both_papers(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    await service.worked()
    for kind in ("attendance-sheet", "badges"):
        told = await service.organiser.get(f"{path}/{kind}")
        assert (told.status_code, told.headers["content-type"]) == (200, "application/pdf")
        assert told.headers["content-disposition"] == f'attachment; filename="{kind}.pdf"'
        assert pages_of(told.content) == 1


async def test_nobody_prints_without_end(service: RegistrationService) -> None:
    path = await service.opened()
    limits = service.built.state["dependencies"].limits.papers
    for _ in range(PAPERS):
        limits.take("organiser")
    assert code_of(await service.organiser.get(f"{path}/badges"))[:2] == (429, "TooManyRequests")
