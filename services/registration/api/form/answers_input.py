"""Answers to a form as requests bring them; what fits is said by the form of the meeting, under its lock."""

from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from services.registration.domain.form.checking import LONGEST_TEXT, MOST_CHOICES, MOST_FIELDS

_ANSWER: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "string", "maxLength": LONGEST_TEXT},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "maxItems": MOST_CHOICES, "items": {"type": "string", "maxLength": 40}},
        {"type": "null"},
    ]
}
AnswersInput = Annotated[
    dict[str, Annotated[Any, WithJsonSchema(_ANSWER)]],
    Field(
        max_length=MOST_FIELDS,
        description="to the form of the meeting, by name of the field (`GET …/form` gives its JSON Schema); null and "
        "an empty text are no answer",
        examples=[{"meal": "other", "meal_wishes": "ບໍ່ກິນຖົ່ວດິນ", "days": ["1", "2"]}],
    ),
]
