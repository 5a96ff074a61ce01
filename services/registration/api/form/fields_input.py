"""The fields of a form as requests bring them: each kind with the members that it has."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from services.registration.api.documents.keeping import FILE_BYTES
from services.registration.api.inputs import BilingualInput, BooleanInput, IntegerInput
from services.registration.domain.form.checking import (
    ATTENDANCE_SHEET,
    BADGES,
    CHOICE,
    DATE,
    FILE,
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MOST_CHOICES,
    MOST_DAYS,
    MULTIPLE_CHOICE,
    NUMBER,
    TEXT,
    YES_NO,
)
from shared.contracts.registration import FormChoice, FormCondition, FormField
from shared.http import Input
from shared.http.validation import BRANCH
from shared.objects import MEDIA_TYPE

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["meal"])]
ChoiceValue = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"), Field(examples=["vegetarian"])]
Bound = Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, allow_inf_nan=False)]

MediaType = Annotated[str, StringConstraints(pattern=rf"^{MEDIA_TYPE.pattern}$", max_length=127)]

_MIB: Final = 1024 * 1024
_SCANS: Final = ("application/pdf", "image/jpeg", "image/png")
_TYPES: Final = "media types of the files that are taken, by their content; PDF, JPEG and PNG where nothing is said"
_LABEL: Final[dict[str, Any]] = {"examples": [{"lo": "ອາຫານ", "en": "Meal"}]}
_CHOICES: Final[dict[str, Any]] = {
    "examples": [
        [
            {"value": "any", "label": {"lo": "ທຳມະດາ", "en": "Ordinary"}},
            {"value": "vegetarian", "label": {"lo": "ອາຫານເຈ", "en": "Vegetarian"}},
        ]
    ]
}
_SHOWN: Final = "asked only where this holds; the field that it names stands before this one"
_REQUIRED_WHEN: Final = "must be answered where this holds, although it need not otherwise"
_RETENTION: Final = "the answers are erased so many days after the end of the meeting"
_PRINTED: Final = (
    "the papers that show the answer beside the name, each once; everybody in the room can read them, so no field of "
    "personal data is printed. Room is for two fields on a badge and four on the attendance sheet"
)
_PERSONAL: Final = "not shown to co-hosts, focal points and desks, and never printed"


class ChoiceInput(Input):
    """One of the answers that a field offers."""

    value: ChoiceValue = Field(description="as it is stored")
    label: BilingualInput


def _branch(kind: str) -> str:
    return f"{BRANCH}{kind}"


def _value(value: Any) -> str:
    return _branch(YES_NO if isinstance(value, bool) else CHOICE)


class ConditionInput(Input):
    """Holds where the answer to `field` is `value`; of a multiple choice, where `value` is one of those made."""

    field: FieldName
    value: Annotated[
        Annotated[BooleanInput, Tag(_branch(YES_NO))] | Annotated[ChoiceValue, Tag(_branch(CHOICE))],
        Discriminator(_value),
    ]


class _FieldInput(Input):
    """What every field has."""

    name: FieldName = Field(description="by which answers, columns and errors name the field")
    label: BilingualInput = Field(json_schema_extra=_LABEL)
    help: BilingualInput | None = Field(default=None, description="what people read below the question")
    required: BooleanInput = False
    shown_when: ConditionInput | None = Field(default=None, description=_SHOWN)
    required_when: ConditionInput | None = Field(default=None, description=_REQUIRED_WHEN)
    personal_data: BooleanInput = Field(default=False, description=_PERSONAL)
    retention_days: IntegerInput = Field(default=90, ge=0, le=MOST_DAYS, description=_RETENTION)


class _PrintableFieldInput(_FieldInput):
    """What every field has whose answers can be printed."""

    printed_on: list[Literal["badges", "attendance-sheet"]] = Field(
        default_factory=list, max_length=2, description=_PRINTED, examples=[[BADGES]]
    )


class TextFieldInput(_PrintableFieldInput):
    """One line of text."""

    kind: Literal["text"]
    max_length: IntegerInput = Field(default=300, ge=1, le=LONGEST_TEXT)


class ChoiceFieldInput(_PrintableFieldInput):
    """One of several answers."""

    kind: Literal["choice"]
    choices: list[ChoiceInput] = Field(min_length=1, max_length=MOST_CHOICES, json_schema_extra=_CHOICES)


class MultipleChoiceFieldInput(_PrintableFieldInput):
    """Any of several answers, at most `max_choices` of them."""

    kind: Literal["multiple-choice"]
    choices: list[ChoiceInput] = Field(min_length=1, max_length=MOST_CHOICES, json_schema_extra=_CHOICES)
    max_choices: IntegerInput | None = Field(default=None, ge=1, le=MOST_CHOICES, description="null: all")


class NumberFieldInput(_PrintableFieldInput):
    """A number between two bounds, both included."""

    kind: Literal["number"]
    whole: BooleanInput = Field(default=True, description="without a fraction")
    minimum: Bound | None = None
    maximum: Bound | None = None


class DateFieldInput(_PrintableFieldInput):
    """A day of the Common Era."""

    kind: Literal["date"]


class YesNoFieldInput(_PrintableFieldInput):
    """Yes or no."""

    kind: Literal["yes-no"]


class FileFieldInput(_FieldInput):
    """A file, sent by itself after the registration (`PUT …/answers/{field}/file`); it is never printed."""

    kind: Literal["file"]
    media_types: list[MediaType] = Field(
        default_factory=lambda: list(_SCANS), min_length=1, max_length=20, description=_TYPES, examples=[list(_SCANS)]
    )
    max_bytes: IntegerInput = Field(default=10 * _MIB, ge=1, le=FILE_BYTES, description="of one file")
    personal_data: BooleanInput = Field(default=True, description=_PERSONAL)


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return _branch(kind) if isinstance(kind, str) else None


FieldInput = Annotated[
    Annotated[TextFieldInput, Tag(_branch(TEXT))]
    | Annotated[ChoiceFieldInput, Tag(_branch(CHOICE))]
    | Annotated[MultipleChoiceFieldInput, Tag(_branch(MULTIPLE_CHOICE))]
    | Annotated[NumberFieldInput, Tag(_branch(NUMBER))]
    | Annotated[DateFieldInput, Tag(_branch(DATE))]
    | Annotated[YesNoFieldInput, Tag(_branch(YES_NO))]
    | Annotated[FileFieldInput, Tag(_branch(FILE))],
    Discriminator(_kind),
]
"""One question of a form; its kind decides what else it has."""


def field_of(given: _FieldInput) -> FormField:
    """The field as its fact has it."""
    members: dict[str, Any] = {name: getattr(given, name) for name in type(given).model_fields}
    for name, made in _MADE.items():
        if members.get(name) is not None:
            members[name] = made(members[name])
    return FormField(**members)


def _condition(given: ConditionInput) -> FormCondition:
    return FormCondition(field=given.field, value=given.value)


def _choices(given: list[ChoiceInput]) -> tuple[FormChoice, ...]:
    return tuple(FormChoice(value=choice.value, label=choice.label) for choice in given)


def _types(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given))


def _papers(given: list[str]) -> tuple[str, ...]:
    return tuple(paper for paper in (BADGES, ATTENDANCE_SHEET) if paper in given)


_MADE: Final[dict[str, Callable[[Any], Any]]] = {
    "shown_when": _condition,
    "required_when": _condition,
    "choices": _choices,
    "printed_on": _papers,
    "media_types": _types,
}
