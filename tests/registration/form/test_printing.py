"""Answers on paper: where the organiser says so, never those that are personal data, and no more than have room."""

import io

import pypdf
import pytest

from services.registration.adapters.typesetting import shortened
from services.registration.domain.form.answers import Answer
from services.registration.domain.form.columns import FormColumns
from services.registration.domain.form.form import Form
from services.registration.domain.form.refusals import PersonalDataPrinted, TooManyPrinted
from shared.contracts.registration import FormField
from tests.registration.facts import drafted
from tests.registration.form.words import ask, choice, field
from tests.registration.running_service import RegistrationService, answer
from tests.registration.scenario import Refused, after, refuses

BADGES, SHEET = ("badges",), ("attendance-sheet",)
TABLE = {
    "name": "table",
    "kind": "choice",
    "label": {"lo": "ໂຕະ"},
    "choices": [{"value": "a", "label": {"lo": "ABC"}}],
    "printed_on": ["badges", "badges"],
}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        (
            (field("text", "a", printed_on=SHEET, personal_data=True),),
            refuses(PersonalDataPrinted, at="/fields/0/printed_on"),
        ),
        (
            tuple(field("text", name, printed_on=BADGES) for name in "abc"),
            refuses(TooManyPrinted, at="/fields/2/printed_on", paper="badges", most=2),
        ),
        (
            tuple(
                field("text", name, printed_on=(*BADGES, *SHEET)[number < 3 :]) for number, name in enumerate("abcde")
            ),
            refuses(TooManyPrinted, at="/fields/4/printed_on", paper="attendance-sheet", most=4),
        ),
    ],
)
def test_what_is_personal_or_has_no_room_is_not_printed(fields: tuple[FormField, ...], refused: Refused) -> None:
    assert after(drafted(), command=ask(*fields)) == refused


def test_each_paper_shows_the_answers_that_are_marked_for_it_in_lao() -> None:
    meal = choice("meal", "any", "fish", kind="multiple-choice", printed_on=(*BADGES, *SHEET))
    fields = FormColumns(Form(1, (meal, field("yes-no", "bus", printed_on=SHEET), field("text", "wishes"))), ())
    answers: dict[str, Answer] = {"meal": ["any", "fish"], "bus": False, "wishes": "ບໍ່ມີ"}
    assert fields.printed(answers, "badges") == ("ຄຳຖາມ meal: ທຳມະດາ; ປາ",)
    assert fields.printed(answers, "attendance-sheet") == ("ຄຳຖາມ meal: ທຳມະດາ; ປາ", "ຄຳຖາມ bus: ບໍ່ແມ່ນ")
    assert fields.printed({}, "badges") == ()


def test_an_answer_that_is_too_long_ends_between_two_words() -> None:
    assert shortened("ຫົວໜ້າກົມ", 9) == ("ຫົວໜ້າ", "ກົມ")
    assert shortened("ຫົວໜ້າກົມ", 8) == ("ຫົວໜ້າ", "…")


async def test_a_badge_shows_the_answer_and_the_sheet_does_not_where_only_the_badge_is_named(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    told = await service.organiser.put(f"{path}/form", {"fields": [TABLE]})
    assert told.json()["fields"][0]["printed_on"] == ["badges"]
    made = await service.anybody.post(f"{path}/registrations", {**answer(1), "answers": {"table": "a"}})
    assert made.status_code == 201, made.text
    await service.registered(path, 2)
    await service.worked()
    printed = {kind: (await service.organiser.get(f"{path}/{kind}")).content for kind in ("badges", "attendance-sheet")}
    assert {kind: text_of(pdf).count("ABC") for kind, pdf in printed.items()} == {"badges": 1, "attendance-sheet": 0}


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
