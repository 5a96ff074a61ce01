"""One answer, from what somebody sent: digits of both scripts, days as forms write them, texts without control signs.

Whether it fits the field is the business of the JSON Schema; here it gets its one form.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isnan
from typing import Any, Final

from services.registration.domain.documents.state import StoredFile
from services.registration.domain.form.answers import Answer
from services.registration.domain.form.checking import (
    CHOICE,
    DATE,
    FILE,
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MOST_CHOICES,
    MULTIPLE_CHOICE,
    NUMBER,
    TEXT,
    YES_NO,
)
from shared.contracts.base import RAW_LENGTH_FACTOR, YEARS
from shared.contracts.registration import FormField
from shared.lao import parse_digits
from shared.text import UnusableText, clean_input, is_blank

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,20})?(e-?[0-9]{1,3})?", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY_OF_FORMS: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_LONGEST_NUMBER: Final = 40  # characters, with white space around
_BUDDHIST: Final = 543  # years ahead


class Unreadable(Exception):
    """What was sent is no answer of this kind: the code of the fault, and its limits."""

    def __init__(self, code: str, **limits: Any) -> None:
        super().__init__(code)
        self.code, self.limits = code, limits


def read_answer(field: FormField, value: object) -> Answer | None:
    """The answer in its one form; None where nothing was answered. Raises `Unreadable`."""
    if value is None or value == []:
        return None
    if isinstance(value, str) and len(value) <= LONGEST_TEXT and not value.strip():
        return None
    return _READERS[field.kind](field, value)


def _text(field: FormField, value: object) -> str | None:
    if not isinstance(value, str):
        raise Unreadable("string_type")
    if len(value) > RAW_LENGTH_FACTOR * LONGEST_TEXT:
        raise Unreadable("string_too_long", max_length=field.max_length or LONGEST_TEXT)
    try:
        text = clean_input(value, lines=False)
    except UnusableText:
        raise Unreadable("text_characters") from None
    if text and is_blank(text):
        raise Unreadable("text_blank")
    return text or None


def _number(field: FormField, value: object) -> int | float:
    fault = "int_type" if field.whole else "float_type"
    if isinstance(value, str):
        value = _number_in_text(value, fault)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(fault)
    if value > LARGEST_NUMBER:
        raise Unreadable("less_than_equal", le=LARGEST_NUMBER)
    if value < -LARGEST_NUMBER:
        raise Unreadable("greater_than_equal", ge=-LARGEST_NUMBER)
    if isnan(value):
        raise Unreadable(fault)
    return int(value) if value == int(value) else value


def _number_in_text(text: str, fault: str) -> int | float:
    digits = parse_digits(text[:_LONGEST_NUMBER]).strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(digits):
        raise Unreadable(fault)
    return int(digits) if digits.lstrip("-").isdecimal() else float(digits.replace(",", "."))


def _day(_: FormField, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        raise Unreadable("date_type")
    digits = parse_digits(value).strip()
    if found := _DAY.fullmatch(digits):
        year, month, day = map(int, found.groups())
    elif found := _DAY_OF_FORMS.fullmatch(digits):
        day, month, year = map(int, found.groups())
    else:
        raise Unreadable("date_type")
    if year not in YEARS:
        raise Unreadable("date_buddhist_year" if year - _BUDDHIST in YEARS else "date_year")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise Unreadable("date_parsing") from None


def _yes_or_no(_: FormField, value: object) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("bool_type")
    return value


def _choice(field: FormField, value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable("string_type")
    return _known(field, value.strip() if len(value) <= LONGEST_TEXT else "")


def _choices(field: FormField, value: object) -> list[str]:
    if not isinstance(value, list):
        raise Unreadable("list_type")
    if len(value) > MOST_CHOICES:
        raise Unreadable("too_long", max_length=field.max_choices or len(field.choices))
    return sorted({_choice(field, one) for one in value})


def _known(field: FormField, value: str) -> str:
    values = [choice.value for choice in field.choices]
    if value not in values:
        raise Unreadable("enum", expected=", ".join(values))
    return value


def _file(field: FormField, value: object) -> str:
    """Its SHA-256; only a file that has arrived is one, never a hash that somebody sends."""
    if not isinstance(value, StoredFile):
        raise Unreadable("answer_is_file")
    if value.media_type not in field.media_types:
        raise Unreadable("file_type", expected=", ".join(field.media_types))
    if field.max_bytes is not None and value.size > field.max_bytes:
        raise Unreadable("file_too_large", most=field.max_bytes)
    return value.sha256


_READERS: Final[Mapping[str, Callable[[FormField, object], Answer | None]]] = {
    TEXT: _text,
    CHOICE: _choice,
    MULTIPLE_CHOICE: _choices,
    NUMBER: _number,
    DATE: _day,
    YES_NO: _yes_or_no,
    FILE: _file,
}
"""Kind of field → how its answers are read."""
