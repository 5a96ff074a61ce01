"""The words of the form of a meeting."""

from typing import Final

from shared.http.glossary import Glossary, Word

_CHOICE: Final = {
    "value": Word("as it is stored", "any"),
    "label": Word("what people read", {"lo": "ທຳມະດາ", "en": "Ordinary"}),
}
_CONDITION: Final = {
    "field": Word("which field, by its name", "meal"),
    "value": Word("the answer with which it holds", "other"),
}
_FIELD: Final = {
    "name": Word("by which answers, columns and errors name the field", "meal"),
    "label": Word("what people are asked", {"lo": "ອາຫານທ່ຽງ", "en": "Lunch"}),
    "help": Word("what people read below the question; null: nothing", None),
    "required": Word("whether it must be answered", example=True),
    "shown_when": Word("asked only where this holds; null: always", None),
    "required_when": Word("must be answered where this holds; null: as `required` says", None),
    "personal_data": Word("not shown to co-hosts, focal points and desks, and never printed", example=False),
    "retention_days": Word("the answers are erased so many days after the end of the meeting", 90),
    "printed_on": Word("the papers that show the answer: badges, attendance-sheet", ["badges"]),
    "max_length": Word("the most letters of an answer", 300),
    "choices": Word("the answers that are offered", [{"value": "any", "label": {"lo": "ທຳມະດາ", "en": "Ordinary"}}]),
    "max_choices": Word("how many of them one may choose; null: all", None),
    "whole": Word("a number without a fraction", example=True),
    "minimum": Word("the smallest number; null: any", None),
    "maximum": Word("the largest number; null: any", None),
    "media_types": Word("which files are taken, by their content", ["application/pdf", "image/jpeg", "image/png"]),
    "max_bytes": Word("how large a file may be", 10485760),
}
_KINDS: Final = ("Text", "Choice", "MultipleChoice", "Number", "Date", "YesNo", "File")
WORDS: Final[Glossary] = {
    **{f"FormField.{name}": word for name, word in _FIELD.items()},
    "FormField.kind": Word("text, choice, multiple-choice, number, date, yes-no or file", "choice"),
    **{f"{kind}FieldInput.kind": Word("which kind of answer") for kind in _KINDS},
    **{f"{kind}FieldInput.{name}": word for kind in _KINDS for name, word in _FIELD.items()},
    **{f"{model}.{name}": word for model in ("ChoiceInput", "FormChoice") for name, word in _CHOICE.items()},
    **{f"{model}.{name}": word for model in ("ConditionInput", "FormCondition") for name, word in _CONDITION.items()},
    "fields": Word("the fields, in the order in which people are asked"),
    "form_version": Word("of the form; counts from 1; 0 where nothing was ever asked", 1),
    "json_schema": Word("of the member `answers` of a registration (draft 2020-12)", {"type": "object"}),
    "erase_answers": Word("fields that go although people have answered them: their answers are erased", []),
    "form": Word("what people are asked when they register"),
    "answers": Word("to the form of the meeting, by the name of the field; of a file its SHA-256", {"meal": "any"}),
    "field": Word("which field of the form, by its name", "passport"),
    "missing": Word("fields that must be answered and are not", ["meal"]),
    "answers_missing": Word("fields that must be answered and are not", ["meal"]),
}
