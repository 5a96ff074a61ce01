"""Which forms are taken, and how a form may change once people have answered: nothing is lost silently."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.registration.domain.form.form import Form
from services.registration.domain.form.refusals import (
    BoundsReversed,
    ChoiceTaken,
    ChoiceTwice,
    ConditionUnfit,
    FieldAnswered,
    FieldNameTwice,
    FieldStays,
    FormTooLarge,
    PersonalDataFixed,
)
from services.registration.domain.meeting import decide
from services.registration.domain.refusals import WrongPhase
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import FormField
from shared.kernel import NotFound, NotPermitted, Refusal
from tests.registration.facts import drafted, opened, started
from tests.registration.form.words import ask, choice, field, form_changed, when
from tests.registration.scenario import FOCAL_POINT, OTHER_ORGANISER, Refused, after, meeting_after, refuses

MEAL = choice("meal", "any", "fish", "other")
WISHES = field("text", "wishes", shown_when=when(meal="other"), required=True, personal_data=True)
BUS = field("yes-no", "bus")


def once_answered(
    form: tuple[FormField, ...], counted: Mapping[tuple[str, str], int], *fields: FormField, erase: tuple[str, ...] = ()
) -> list[Fact] | Refused:
    """What follows from asking `fields` in an open meeting whose form has been answered, as `counted` says."""
    meeting = replace(meeting_after(*opened()), form=Form(1, form), answers_counted=counted)
    try:
        return list(decide(meeting, ask(*fields, erase=erase)))
    except Refusal as refusal:
        return Refused(type(refusal), refusal.field, refusal.details)


def test_a_draft_and_an_open_meeting_ask_what_the_organiser_wants() -> None:
    assert after(drafted(), command=ask(MEAL, WISHES)) == [form_changed(MEAL, WISHES, announced=False)]
    assert after(*opened(), form_changed(MEAL), command=ask(MEAL, BUS)) == [form_changed(MEAL, BUS, version=2)]


def test_a_form_that_is_asked_already_is_no_change() -> None:
    assert after(*opened(), form_changed(MEAL), command=ask(MEAL)) == []
    assert after(*opened(), command=ask()) == []


def test_nobody_but_the_organiser_changes_the_form_and_only_until_the_meeting_begins() -> None:
    assert after(*opened(), command=ask(MEAL, by=FOCAL_POINT)) == refuses(NotPermitted, roles=["organiser"])
    assert after(drafted(), command=ask(MEAL, by=OTHER_ORGANISER)) == refuses(NotFound)
    assert after(*opened(), started(), command=ask(MEAL)) == refuses(WrongPhase, phase="in-session")


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ([MEAL, BUS, MEAL], refuses(FieldNameTwice, at="/fields/2/name")),
        ([choice("meal", "any", "any")], refuses(ChoiceTwice, at="/fields/0/choices/1/value")),
        ([field("number", "n", minimum=2, maximum=1)], refuses(BoundsReversed, at="/fields/0/minimum")),
        (
            [choice("m", "any", kind="multiple-choice", max_choices=2)],
            refuses(BoundsReversed, at="/fields/0/max_choices"),
        ),
        ([WISHES, MEAL], refuses(ConditionUnfit, at="/fields/0/shown_when/field")),
        (
            [field("yes-no", "own", shown_when=when(own=True))],
            refuses(ConditionUnfit, at="/fields/0/shown_when/field"),
        ),
        (
            [field("yes-no", "a", required_when=when(b=True)), field("yes-no", "b", shown_when=when(a=True))],
            refuses(ConditionUnfit, at="/fields/0/required_when/field"),
        ),
        (
            [MEAL, field("text", "w", shown_when=when(meal="meat"))],
            refuses(ConditionUnfit, at="/fields/1/shown_when/value"),
        ),
        (
            [MEAL, field("text", "w", shown_when=when(meal=True))],
            refuses(ConditionUnfit, at="/fields/1/shown_when/value"),
        ),
        (
            [BUS, field("text", "w", shown_when=when(bus="true"))],
            refuses(ConditionUnfit, at="/fields/1/shown_when/value"),
        ),
        (
            [field("text", "t"), field("text", "w", shown_when=when(t="x"))],
            refuses(ConditionUnfit, at="/fields/1/shown_when/value"),
        ),
    ],
    ids=[
        "a name twice",
        "a choice twice",
        "bounds reversed",
        "more choices than there are",
        "a condition on a later field",
        "a condition on itself",
        "a circle of two",
        "a value that is no choice",
        "yes where a choice is asked",
        "a word where yes or no is asked",
        "a condition on a text",
    ],
)
def test_a_form_that_cannot_be_asked_is_refused_with_the_member(fields: list[FormField], refused: Refused) -> None:
    assert after(*opened(), command=ask(*fields)) == refused


def test_a_form_of_long_texts_is_refused_as_a_whole() -> None:
    long = Bilingual(lo="ກ" * 300, en="x" * 300)
    fields = [choice(f"f{n}", *(f"v{m}" for m in range(50)), help=long) for n in range(40)]
    assert after(*opened(), command=ask(*fields)) == refuses(FormTooLarge, at="/fields", most=65_536)


COUNTED = {("meal", ""): 3, ("meal", "fish"): 2, ("wishes", ""): 1}
FORM = (MEAL, WISHES, BUS)


def changed_to(*fields: FormField, **members: Any) -> list[Fact]:
    return [form_changed(*fields, version=2, **members)]


def test_labels_order_bounds_and_new_fields_change_although_people_have_answered() -> None:
    renamed = MEAL.model_copy(update={"label": Bilingual(lo="ອາຫານທ່ຽງ"), "required": True})
    more = choice("meal", "any", "fish", "other", "vegetarian", required=True)
    for fields in ((renamed, WISHES, BUS), (BUS, more, WISHES), (*FORM, field("date", "arrival", required=True))):
        assert once_answered(FORM, COUNTED, *fields) == changed_to(*fields)


def test_a_field_that_nobody_has_answered_and_a_choice_that_nobody_has_made_are_removed() -> None:
    fewer = choice("meal", "fish", "other")
    assert once_answered(FORM, COUNTED, fewer, WISHES) == changed_to(fewer, WISHES)


def test_a_field_with_answers_is_removed_only_together_with_them() -> None:
    gone = refuses(FieldAnswered, at="/fields", name="wishes", answers=1)
    assert once_answered(FORM, COUNTED, MEAL, BUS) == gone
    assert once_answered(FORM, COUNTED, MEAL, BUS, erase=("wishes",)) == changed_to(MEAL, BUS, erased=("wishes",))


def test_a_field_with_answers_becomes_of_another_kind_only_without_them() -> None:
    number = field("number", "wishes")
    assert once_answered(FORM, COUNTED, MEAL, number) == refuses(FieldAnswered, at="/fields", name="wishes", answers=1)
    told = once_answered(FORM, COUNTED, MEAL, number, erase=("wishes",))
    assert told == changed_to(MEAL, number, erased=("wishes",))


def test_answers_to_a_field_that_stays_are_not_erased() -> None:
    assert once_answered(FORM, COUNTED, *FORM, erase=("meal",)) == refuses(FieldStays, at="/erase_answers", name="meal")


def test_a_choice_that_somebody_has_made_stays() -> None:
    fewer = choice("meal", "any", "other")
    refused = refuses(ChoiceTaken, at="/fields/0/choices", value="fish", answers=2)
    assert once_answered(FORM, COUNTED, fewer, WISHES, BUS) == refused


def test_what_was_answered_as_personal_data_stays_so() -> None:
    shown = WISHES.model_copy(update={"personal_data": False})
    refused = refuses(PersonalDataFixed, at="/fields/1/personal_data")
    assert once_answered(FORM, COUNTED, MEAL, shown, BUS) == refused
    assert once_answered(FORM, {}, MEAL, shown, BUS) == changed_to(MEAL, shown, BUS)
