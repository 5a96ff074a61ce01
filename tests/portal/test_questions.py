"""The questions of a meeting: asked of everybody who registers, answered without a script."""

import re
from typing import Any

import pytest

from tests.portal.office import PERSON, Office, words_of

MEAL = {
    "name": "meal",
    "kind": "choice",
    "label": {"lo": "ອາຫານທ່ຽງ", "en": "Lunch"},
    "required": True,
    "choices": [{"value": "any", "label": {"lo": "ທຳມະດາ"}}, {"value": "other", "label": {"lo": "ອື່ນໆ"}}],
}
FORM = [
    MEAL,
    {
        "name": "wishes",
        "kind": "text",
        "label": {"lo": "ລາຍລະອຽດອາຫານ"},
        "shown_when": {"field": "meal", "value": "other"},
        "required": True,
    },
    {
        "name": "days",
        "kind": "multiple-choice",
        "label": {"lo": "ມື້ທີ່ເຂົ້າຮ່ວມ"},
        "choices": [{"value": "1", "label": {"lo": "ມື້ທີໜຶ່ງ"}}, {"value": "2", "label": {"lo": "ມື້ທີສອງ"}}],
    },
    {"name": "cars", "kind": "number", "label": {"lo": "ຈຳນວນລົດ"}, "minimum": 0, "maximum": 3},
    {"name": "arrival", "kind": "date", "label": {"lo": "ວັນທີມາຮອດ"}},
    {"name": "online", "kind": "yes-no", "label": {"lo": "ເຂົ້າຮ່ວມທາງໄກ"}},
]


async def asking(office: Office) -> str:
    """The token of an invitation to a meeting that asks something of every kind."""
    path = await office.service.opened()
    changed = await office.service.organiser.put(f"{path}/form", {"fields": FORM})
    assert changed.status_code == 200, changed.text
    return await office.service.invited(path)


async def test_all_kinds_of_questions_are_asked_and_answered_also_in_lao_digits(shared_office: Office) -> None:
    token = await asking(shared_office)
    answers: dict[str, Any] = {
        "answer-meal": "other",
        "answer-wishes": "ບໍ່ກິນຖົ່ວດິນ",
        "answer-days": ["1", "2"],
        "answer-cars": "໒",
        "answer-arrival-day": "໑໘",
        "answer-arrival-month": "9",
        "answer-arrival-year": "2022",
        "answer-online": "no",
    }
    own = await shared_office.answered(token, **answers)
    seen = await shared_office.browser.get(f"{own}/answers")
    assert sorted(re.findall(r'name="(answer-[a-z-]+)"[^>]* value="([^"]*)" checked', seen.text)) == [
        ("answer-days", "1"),
        ("answer-days", "2"),
        ("answer-meal", "other"),
        ("answer-online", "no"),
    ]
    typed = dict(
        re.findall(
            r'name="(answer-[a-z-]+)" type="text"[^>]*? value="([^"]*)"', seen.text.replace(' inputmode="numeric"', "")
        )
    )
    assert typed == {
        "answer-cars": "2",
        "answer-arrival-day": "18",
        "answer-arrival-month": "09",
        "answer-arrival-year": "2022",
    }
    assert "ບໍ່ກິນຖົ່ວດິນ</textarea>" in seen.text


async def test_answers_that_do_not_fit_are_said_beside_their_questions(shared_office: Office) -> None:
    token = await asking(shared_office)
    page = await shared_office.send(f"/a/{token}/register", **PERSON, **{"answer-cars": "5"})
    assert (page.status_code, sorted(re.findall('<a href="#(answer-[a-z]+)">', page.text))) == (
        422,
        ["answer-cars", "answer-meal"],
    )
    assert re.findall(r'id="(answer-[a-z]+)-error"', page.text) == ["answer-meal", "answer-cars"]


@pytest.mark.parametrize(
    ("day", "said"),
    [(("18", "", "2022"), "ຕ້ອງເປັນວັນທີ"), (("18", "9", "2565"), "ປີນີ້ ແມ່ນ ພ.ສ. ບໍ່?"), (("31", "9", "2022"), "ຕ້ອງເປັນວັນທີ")],
    ids=["no month", "Buddhist era", "no such day"],
)
async def test_a_day_that_is_none_is_said_beside_its_three_fields_which_stay(
    day: tuple[str, str, str], said: str, shared_office: Office
) -> None:
    token = await asking(shared_office)
    fields = dict(zip(("answer-arrival-day", "answer-arrival-month", "answer-arrival-year"), day, strict=True))
    page = await shared_office.send(f"/a/{token}/register", **{**PERSON, "answer-meal": "any", **fields})
    assert (page.status_code, f"ວັນທີມາຮອດ: {said}" in words_of(page)) == (422, True)
    kept = re.findall(r'name="answer-arrival-[a-z]+" type="text" inputmode="numeric" value="([^"]*)"', page.text)
    assert tuple(kept) == day


async def test_a_question_that_depends_on_another_says_so(shared_office: Office) -> None:
    page = await shared_office.browser.get(f"/a/{await asking(shared_office)}/register")
    assert "ຕອບສະເພາະເມື່ອ: ອາຫານທ່ຽງ – ອື່ນໆ." in words_of(page)
