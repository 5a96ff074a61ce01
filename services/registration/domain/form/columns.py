"""The columns of a list that hold answers to the form: their headers, and what stands in a cell for an answer.

A label is the header of its field where nothing else is called so, otherwise `answers.<name>`. The words for a choice
are its label where that means no other choice, otherwise its value: so a list that was exported is read the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from services.registration.domain.cells import text_of
from services.registration.domain.form.answers import Answer
from services.registration.domain.form.checking import CHOICE, MULTIPLE_CHOICE, YES_NO
from services.registration.domain.form.form import Form
from shared.contracts.base import Bilingual, Language
from shared.contracts.registration import FormField
from shared.lao import search_key

PREFIX: Final = "answers."
SEPARATOR: Final = ";"
_SAID: Final[Mapping[bool, tuple[str, str]]] = {True: ("ແມ່ນ", "yes"), False: ("ບໍ່ແມ່ນ", "no")}
_MEANT: Final[Mapping[str, bool]] = {
    search_key(word): answer
    for answer, words in {
        True: ("ແມ່ນ", "yes", "y", "true", "1", "ຕົກລົງ"),
        False: ("ບໍ່ແມ່ນ", "no", "n", "false", "0", "ບໍ່"),
    }.items()
    for word in words
}


class FormColumns:
    """The columns of one form beside those with the headers `taken`, which are search keys."""

    def __init__(self, form: Form, taken: Collection[str]) -> None:
        self.form = form
        self._headers = _unambiguous([(field.name, _texts(field.label)) for field in form.fields], taken)
        self._words = {field.name: _choices(field) for field in form.fields if field.choices}

    def header(self, field: FormField, language: Language) -> str:
        """What stands above the column."""
        label, name = _in(field.label, language), f"{PREFIX}{field.name}"
        return label if self.named(label) == name else name

    def named(self, header: str) -> str | None:
        """The column `answers.<name>` that a header names; None where it names none."""
        name = header.strip().lower().removeprefix(PREFIX)
        if header.strip().lower() != name and name in self.form.by_name:
            return f"{PREFIX}{name}"
        found = self._headers.get(search_key(header))
        return found and f"{PREFIX}{found}"

    def is_read(self, column: str) -> bool:
        """Whether a list can bring answers in this column; a file is only named in a list."""
        return column.removeprefix(PREFIX) not in self.form.files

    def written(self, field: FormField, answer: Answer | None, language: Language) -> str | int | float | None:
        """What stands in the cell of an answer."""
        if isinstance(answer, bool):
            return _SAID[answer][language == "en"]
        if isinstance(answer, list):
            return f"{SEPARATOR} ".join(self._word(field, value, language) for value in answer)
        if isinstance(answer, str) and field.kind == CHOICE:
            return self._word(field, answer, language)
        return answer

    def printed(self, answers: Mapping[str, Answer], paper: str) -> tuple[str, ...]:
        """What a paper shows of these answers in Lao, each after its label."""
        shown = [field for field in self.form.fields if paper in field.printed_on and field.name in answers]
        return tuple(f"{field.label.lo}: {self.written(field, answers[field.name], 'lo')}" for field in shown)

    def read(self, field: FormField, cell: object) -> object:
        """What a cell means, as a request would bring it; what is no word of the form is left as it is."""
        if field.kind == YES_NO:
            text = text_of(cell)
            return _MEANT.get(search_key(text), text) if text else None
        if field.kind == CHOICE:
            text = text_of(cell)
            return text and self._value(field, text)
        if field.kind == MULTIPLE_CHOICE:
            parts = (part.strip() for part in (text_of(cell) or "").split(SEPARATOR))
            return [self._value(field, part) for part in parts if part]
        return text_of(cell)

    def _word(self, field: FormField, value: str, language: Language) -> str:
        label = next((_in(choice.label, language) for choice in field.choices if choice.value == value), value)
        readable = SEPARATOR not in label and self._value(field, label) == value
        return label if readable else value

    def _value(self, field: FormField, word: str) -> str:
        if any(choice.value == word for choice in field.choices):
            return word
        return self._words[field.name].get(search_key(word), word)


def _choices(field: FormField) -> Mapping[str, str]:
    return _unambiguous([(choice.value, (choice.value, *_texts(choice.label))) for choice in field.choices], ())


def _unambiguous(named: Iterable[tuple[str, Sequence[str]]], taken: Collection[str]) -> Mapping[str, str]:
    """The search keys that mean one name only, and none that is taken; a key of signs alone is empty."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, texts in named:
        for text in texts:
            found[search_key(text)].add(name)
    return {key: min(names) for key, names in found.items() if key and len(names) == 1 and key not in taken}


def _texts(label: Bilingual) -> Sequence[str]:
    return (label.lo, label.en) if label.en else (label.lo,)


def _in(label: Bilingual, language: Language) -> str:
    return (language == "en" and label.en) or label.lo
