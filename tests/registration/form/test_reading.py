"""Answers: read in digits of both scripts, judged by the JSON Schema of the form, refused with the field."""

from typing import Any

import pytest

from services.registration.domain.form.answers import Answer, FormAnswers
from services.registration.domain.form.form import NO_FORM, Form
from tests.registration.form.words import choice, field, when

MEAL = choice("meal", "any", "fish", "other", required=True)
DAYS = choice("days", "1", "2", "3", kind="multiple-choice", max_choices=2)
FORM = Form(
    3,
    (
        MEAL,
        field("text", "wishes", shown_when=when(meal="other"), required=True, max_length=20),
        DAYS,
        field("text", "hotel", required_when=when(days="3")),
        field("number", "guests", minimum=0, maximum=5),
        field("number", "weight", whole=False, minimum=0.5),
        field("date", "arrival"),
        field("yes-no", "bus"),
        field("text", "stop", shown_when=when(bus=True)),
    ),
)


def read(**given: Any) -> dict[str, Answer]:
    """The values of answers in which nothing is wrong."""
    answers = FORM.read({"meal": "any"} | given, complete=True)
    assert answers.problems == ()
    return {name: value for name, value in answers.values.items() if name in given}


def faults(answers: FormAnswers) -> list[tuple[str, str]]:
    return [(one.name, one.code) for one in answers.problems]


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("guests", 2, 2),
        ("guests", 2.0, 2),
        ("guests", "໒", 2),
        ("guests", " 02 ", 2),
        ("weight", "໑໒,໕", 12.5),
        ("weight", 1.5, 1.5),
        ("weight", "3.0", 3),
        ("arrival", "2026-11-26", "2026-11-26"),
        ("arrival", "໒໐໒໖-໑໑-໒໖", "2026-11-26"),
        ("arrival", "໒໖/໑໑/໒໐໒໖", "2026-11-26"),
        ("arrival", "5/1/2027", "2027-01-05"),
        ("bus", False, False),
        ("days", ["3", "1", "3"], ["1", "3"]),
        ("meal", " fish ", "fish"),
    ],
)
def test_an_answer_has_one_form_however_it_is_written(name: str, given: Any, kept: Answer) -> None:
    more = {"hotel": "ລ້ານຊ້າງ"} if name == "days" else {}
    assert read(**{name: given}, **more) == {name: kept, **more}


@pytest.mark.parametrize("nothing", [None, "", "  ", []], ids=["null", "empty", "white space", "no choice"])
def test_an_empty_answer_is_none(nothing: Any) -> None:
    assert read(guests=nothing, arrival=nothing, days=nothing, hotel=nothing) == {}
    assert faults(FORM.read({"meal": nothing}, complete=True)) == [("meal", "missing")]


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("meal", "meat", "enum"),
        ("meal", ["fish"], "string_type"),
        ("meal", True, "string_type"),
        ("guests", "two", "int_type"),
        ("guests", True, "int_type"),
        ("guests", 1.5, "int_from_float"),
        ("guests", 6, "less_than_equal"),
        ("guests", -1, "greater_than_equal"),
        ("guests", 10**400, "less_than_equal"),
        ("guests", float("nan"), "int_type"),
        ("guests", "9" * 10_000, "int_type"),
        ("weight", 0.25, "greater_than_equal"),
        ("arrival", "2569-11-26", "date_buddhist_year"),
        ("arrival", "໒໖/໑໑/໒໕໖໙", "date_buddhist_year"),
        ("arrival", "1234-11-26", "date_year"),
        ("arrival", "2026-02-30", "date_parsing"),
        ("arrival", "tomorrow", "date_type"),
        ("arrival", 20261126, "date_type"),
        ("bus", "yes", "bool_type"),
        ("bus", 1, "bool_type"),
        ("days", "1", "list_type"),
        ("days", ["1", "4"], "enum"),
        ("days", ["1", "2", "3"], "too_long"),
        ("days", [["1"]], "string_type"),
        ("days", ["1"] * 51, "too_long"),
        ("hotel", "a\0b", "text_characters"),
        ("hotel", "\u0301", "text_blank"),
        ("hotel", "x" * 2_001, "string_too_long"),
        ("hotel", "x" * 100_000, "string_too_long"),
        ("hotel", {"deep": [[[]]]}, "string_type"),
        ("wishes", "ບໍ່ກິນປາ", "answer_not_asked"),
        ("stop", "ຕະຫຼາດເຊົ້າ", "answer_not_asked"),
        ("elsewhere", "x", "extra_forbidden"),
    ],
)
def test_an_answer_that_does_not_fit_is_a_problem_of_its_field(name: str, given: Any, code: str) -> None:
    answers = FORM.read({"meal": "any", "hotel": "ລ້ານຊ້າງ"} | {name: given}, complete=True)
    assert faults(answers) == [(name, code)]


def test_what_depends_on_another_answer_is_asked_with_it() -> None:
    assert faults(FORM.read({"meal": "other"}, complete=True)) == [("wishes", "missing")]
    assert faults(FORM.read({"meal": "any", "days": ["3"]}, complete=True)) == [("hotel", "missing")]
    assert faults(FORM.read({"meal": "any", "bus": False, "stop": "ຕະຫຼາດ"}, complete=True)) == [
        ("stop", "answer_not_asked")
    ]
    assert read(bus=True, stop="ຕະຫຼາດ") == {"bus": True, "stop": "ຕະຫຼາດ"}


def test_each_wrong_field_is_named_once_in_the_order_of_the_form() -> None:
    answers = FORM.read({"bus": 1, "guests": "x", "zz": 1, "meal": "meat"}, complete=True)
    assert faults(answers) == [
        ("meal", "enum"),
        ("guests", "int_type"),
        ("bus", "bool_type"),
        ("zz", "extra_forbidden"),
    ]


def test_staff_may_leave_open_what_they_do_not_know() -> None:
    answers = FORM.read({"guests": 1}, complete=False)
    assert (faults(answers), answers.values) == ([], {"guests": 1})
    assert FORM.missing(answers.values) == ["meal"]
    assert FORM.missing({"meal": "other", "days": ["3"]}) == ["wishes", "hotel"]


def test_choices_yes_and_no_are_counted_and_of_other_fields_that_they_were_answered() -> None:
    given = {"meal": "fish", "days": ["2", "1"], "hotel": "ລ້ານຊ້າງ", "bus": False}
    assert FORM.read(given, complete=True).counted == (
        *("meal", "meal=fish", "days", "days=1", "days=2"),
        *("hotel", "bus", "bus=false"),
    )


def test_a_meeting_that_asks_nothing_takes_no_answers() -> None:
    assert faults(NO_FORM.read({}, complete=True)) == []
    assert faults(NO_FORM.read({"meal": "fish"}, complete=True)) == [("meal", "extra_forbidden")]


STORED: dict[str, Answer] = {"meal": "other", "wishes": "ບໍ່ກິນປາ", "guests": 9}


def test_a_correction_leaves_what_was_given_to_an_earlier_version() -> None:
    answers = FORM.corrected(STORED, {"bus": True})
    assert (faults(answers), answers.values) == ([], STORED | {"bus": True})
    assert faults(FORM.corrected(STORED, {"guests": 9})) == [("guests", "less_than_equal")]


def test_a_correction_that_makes_another_answer_pointless_says_which() -> None:
    assert faults(FORM.corrected(STORED, {"meal": "fish"})) == [("wishes", "answer_not_asked")]
    answers = FORM.corrected(STORED, {"meal": "fish", "wishes": None})
    assert (faults(answers), answers.values) == ([], {"meal": "fish", "guests": 9})
