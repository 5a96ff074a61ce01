"""Whether a form can be asked: names are different, conditions can hold, and all of it is small.

A condition names a field that stands before its own, so there are no circles, and a form is checked in one pass.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.registration.domain.form.refusals import (
    BoundsReversed,
    ChoiceTwice,
    ConditionUnfit,
    FieldNameTwice,
    FormTooLarge,
    PersonalDataPrinted,
    TooManyFiles,
    TooManyPrinted,
)
from shared.contracts.registration import FormCondition, FormField

TEXT: Final = "text"
CHOICE: Final = "choice"
MULTIPLE_CHOICE: Final = "multiple-choice"
NUMBER: Final = "number"
DATE: Final = "date"
YES_NO: Final = "yes-no"
FILE: Final = "file"

MOST_FIELDS: Final = 40
MOST_CHOICES: Final = 50
LONGEST_TEXT: Final = 2_000
"""Characters of one answer."""
LARGEST_NUMBER: Final = 10**12
MOST_BYTES: Final = 65_536
"""Of a form as JSON: it is read whenever somebody registers, and it is one event."""
MOST_DAYS: Final = 3_650
MOST_FILES: Final = 5
"""Fields that take a file."""
BADGES: Final = "badges"
ATTENDANCE_SHEET: Final = "attendance-sheet"
MOST_PRINTED: Final[Mapping[str, int]] = {BADGES: 2, ATTENDANCE_SHEET: 4}
"""Paper → how many fields have room on it for each person."""


def check_form(fields: Sequence[FormField]) -> None:
    """Raise the Refusal of a form that cannot be asked; the pointer names the member."""
    before: dict[str, FormField] = {}
    size = 0
    for place, field in enumerate(fields):
        where = f"/fields/{place}"
        if field.name in before:
            raise FieldNameTwice(field=f"{where}/name")
        _check_values(field, where)
        for name in ("shown_when", "required_when"):
            _check_condition(getattr(field, name), before, f"{where}/{name}")
        before[field.name] = field
        size += len(field.model_dump_json().encode())
        if size > MOST_BYTES:
            raise FormTooLarge(field="/fields", most=MOST_BYTES)
    _check_files(fields)
    _check_printed(fields)


def _check_files(fields: Sequence[FormField]) -> None:
    places = [place for place, field in enumerate(fields) if field.kind == FILE]
    if len(places) > MOST_FILES:
        raise TooManyFiles(field=f"/fields/{places[MOST_FILES]}/kind", most=MOST_FILES)


def _check_printed(fields: Sequence[FormField]) -> None:
    printed = dict.fromkeys(MOST_PRINTED, 0)
    for place, field in enumerate(fields):
        if field.printed_on and field.personal_data:
            raise PersonalDataPrinted(field=f"/fields/{place}/printed_on")
        for paper in field.printed_on:
            printed[paper] += 1
            if printed[paper] > MOST_PRINTED[paper]:
                raise TooManyPrinted(field=f"/fields/{place}/printed_on", paper=paper, most=MOST_PRINTED[paper])


def _check_values(field: FormField, where: str) -> None:
    values = [choice.value for choice in field.choices]
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ChoiceTwice(field=f"{where}/choices/{place}/value")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        raise BoundsReversed(field=f"{where}/minimum")
    if field.max_choices is not None and field.max_choices > len(values):
        raise BoundsReversed(field=f"{where}/max_choices")


def _check_condition(condition: FormCondition | None, before: Mapping[str, FormField], where: str) -> None:
    if condition is None:
        return
    asked = before.get(condition.field)
    if asked is None:
        raise ConditionUnfit(field=f"{where}/field")
    if condition.value not in _values_of(asked) or isinstance(condition.value, bool) != (asked.kind == YES_NO):
        raise ConditionUnfit(field=f"{where}/value")


def _values_of(field: FormField) -> Sequence[bool | str]:
    return (True, False) if field.kind == YES_NO else [choice.value for choice in field.choices]
