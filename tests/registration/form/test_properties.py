"""Whatever form is taken has a schema, and whatever it accepts is kept as it is."""

from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.documents.state import StoredFile
from services.registration.domain.form.checking import check_form
from services.registration.domain.form.form import Form
from services.registration.domain.form.schema import json_schema, schema_of_sending
from shared.contracts.registration import FormField
from tests.registration.form.words import choice, field, when

VALUES = ("a", "b", "c")
BOUNDS = st.one_of(st.none(), st.integers(0, 9))


@st.composite
def fields_of_forms(draw: st.DrawFn) -> tuple[FormField, ...]:
    """Up to six fields, each of which may depend on one before it."""
    found: list[FormField] = []
    for place in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["text", "choice", "multiple-choice", "number", "date", "yes-no", "file"]))
        members: dict[str, Any] = {"required": draw(st.booleans())}
        for name in ("shown_when", "required_when"):
            condition = draw(st.none() | conditions(found))
            if condition is not None:
                members[name] = condition
        found.append(made(draw, kind, f"f{place}", members))
    return tuple(found)


def conditions(before: list[FormField]) -> st.SearchStrategy[Any]:
    choices = [when(**{one.name: value.value}) for one in before for value in one.choices]
    answers = [when(**{one.name: said}) for one in before if one.kind == "yes-no" for said in (True, False)]
    return st.sampled_from([*choices, *answers]) if choices or answers else st.none()


def made(draw: st.DrawFn, kind: str, name: str, members: dict[str, Any]) -> FormField:
    if kind in ("choice", "multiple-choice"):
        return choice(name, *VALUES[: draw(st.integers(1, 3))], kind=kind, **members)
    if kind == "file":
        members["media_types"] = ("application/pdf",)
    if kind == "text":
        members["max_length"] = draw(st.integers(1, 40))
    if kind == "number":
        members |= {"whole": draw(st.booleans()), "minimum": draw(BOUNDS)}
        members["maximum"] = draw(st.none() | st.integers(9, 99))
    return field(kind, name, **members)


def sent(media_type: str) -> StoredFile:
    """A file that has arrived."""
    return StoredFile(sha256="0" * 64, size=1, media_type=media_type)


ANSWERS = {
    "text": st.text(min_size=1, max_size=45),
    "choice": st.sampled_from([*VALUES, "d"]),
    "multiple-choice": st.lists(st.sampled_from([*VALUES, "d"]), max_size=4),
    "number": st.integers(-3, 120) | st.floats(-3, 120) | st.sampled_from(["໕", "7", "1.5", "x"]),
    "date": st.dates().map(str) | st.sampled_from(["໑໒/໐໑/໒໐໒໗", "2569-01-01"]),
    "yes-no": st.booleans(),
    "file": st.sampled_from(["application/pdf", "image/png"]).map(sent) | st.just("0" * 64),
}


@st.composite
def forms_with_answers(draw: st.DrawFn) -> tuple[Form, dict[str, Any]]:
    fields = draw(fields_of_forms())
    answered = [one for one in fields if draw(st.booleans())]
    return Form(1, fields), {one.name: draw(ANSWERS[one.kind]) for one in answered}


@settings(deadline=None)
@given(fields_of_forms())
def test_every_form_that_is_taken_has_a_schema(fields: tuple[FormField, ...]) -> None:
    check_form(fields)
    schema = json_schema(fields)
    jsonschema_rs.meta.validate(schema)
    assert list(schema["properties"]) == [one.name for one in fields]


@settings(deadline=None)
@given(forms_with_answers())
def test_what_is_read_fits_the_schema_and_is_read_the_same_again(pair: tuple[Form, dict[str, Any]]) -> None:
    form, given_answers = pair
    answers = form.read(given_answers, complete=True)
    schema = schema_of_sending(form.fields)
    fits = jsonschema_rs.is_valid(schema, dict(answers.values), validate_formats=True)
    assert bool(answers.problems) or fits
    if not answers.problems:
        assert form.replaced(answers.values, answers.values) == answers
