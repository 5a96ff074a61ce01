"""Names in other scripts are printed with real glyphs, or refused by name before anybody approves them."""

import io
from dataclasses import replace

import pypdfium2
import pytest

from services.minutes.adapters.coverage import TABLE, table
from services.minutes.adapters.glyphs import printable_characters
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.domain.minutes import decide
from services.minutes.domain.printable import UNPRINTABLE, drawable, unprintable
from services.minutes.domain.refusals import CharactersNotPrintable
from tests.minutes.facts_and_commands import (
    APPROVE,
    DECISION,
    DRAFT,
    DRAFTED,
    OPINION,
    REVISE,
    STARTED,
    SUBMIT,
    SUBMITTED,
    after,
)
from tests.minutes.meeting_of_2022 import minutes_document
from tests.minutes.registration_facts import DAO, person
from tests.minutes.running_service import MinutesService, code

NAMES = {
    "Lao": "ແກ້ວມະນີ ວົງສາ",
    "Thai": "สมชาย ใจดี กิ่งแก้ว",
    "Burmese": "မောင်မောင် သန်းထွန်း",
    "Khmer": "សុខ សុភាព ចាន់",
    "Russian": "Владимир Щукин, Семён",
    "Vietnamese": "Nguyễn Thị Ánh, Đặng Văn Hữu",
    "Greek": "Ελένη Παπαδοπούλου",
}
REFUSED = {"Chinese": "王小明", "Japanese": "さくら", "Korean": "김철수", "a picture": "👍", "its sign": UNPRINTABLE}


def test_the_table_is_what_the_fonts_can_draw() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()
    assert {code for code in printable_characters() if not drawable(chr(code))} == {ord(UNPRINTABLE)}


@pytest.mark.parametrize("script", NAMES)
async def test_a_name_is_printed_in_its_own_script(script: str) -> None:
    document = minutes_document()
    signed = replace(document.signatures[0], name=NAMES[script])
    pdf = await TypstRenderer().render(replace(document, signatures=(signed,), decisions=(NAMES[script],)))
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf)))
    assert (unprintable([NAMES[script]]), UNPRINTABLE in text) == ((), False)
    assert {letter for letter in NAMES[script] if letter.isalpha()} - set(text) == set()


@pytest.mark.parametrize("script", REFUSED)
def test_what_cannot_be_drawn_is_refused_where_it_is_written(script: str) -> None:
    written = f"ກ {REFUSED[script]} A"
    for command, field in (
        (replace(OPINION, text=written), "/text"),
        (replace(DECISION, text=written), "/text"),
        (replace(REVISE, edits={next(iter(REVISE.edits)): written}), f"/{next(iter(REVISE.edits))}"),
    ):
        with pytest.raises(CharactersNotPrintable) as refused:
            decide(after(STARTED, DRAFTED), command)
        assert (refused.value.field, refused.value.details) == (field, {"characters": sorted(set(REFUSED[script]))})


@pytest.mark.parametrize("script", REFUSED)
def test_a_name_that_cannot_be_drawn_stops_the_minutes_before_they_are_submitted_or_approved(script: str) -> None:
    (somebody, *others) = DRAFT.attendees
    draft = replace(DRAFT, attendees=(replace(somebody, name=REFUSED[script]), *others))
    for facts, command in (((STARTED, DRAFTED), SUBMIT), ((STARTED, DRAFTED, SUBMITTED), APPROVE)):
        with pytest.raises(CharactersNotPrintable) as refused:
            decide(replace(after(*facts), draft=draft), command)
        assert refused.value.details == {"characters": sorted(set(REFUSED[script]))}


async def test_a_guest_whose_name_is_corrected_can_be_printed(minutes_service: MinutesService) -> None:
    await minutes_service.receive(person(DAO, given_name="王小明"))
    minutes = await minutes_service.drafted()
    await minutes_service.receive(person(DAO, given_name="王小明"))
    assert (await minutes_service.step(minutes, "draft", "secretary")).status_code == 200
    refused = await minutes_service.step(minutes, "submit", "secretary")
    assert (code(refused), refused.json()["details"]) == (
        (422, "CharactersNotPrintable"),
        {"characters": sorted("王小明")},
    )
    await minutes_service.receive(person(DAO, given_name="Wang Xiaoming"))
    assert (await minutes_service.step(minutes, "draft", "secretary")).status_code == 200
    assert (await minutes_service.step(minutes, "submit", "secretary")).status_code == 200
