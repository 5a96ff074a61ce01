"""What a cell of a list of participants means: numbers of spreadsheets as telephone numbers, words as choices."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Final

from services.registration.domain.import_refusals import RoundedNumber
from shared.lao import parse_digits, search_key

_SCIENTIFIC: Final = re.compile(r"[0-9]+(?:[.,]([0-9]+))?E\+?([0-9]{1,2})", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(-?[0-9]{1,18})(?:[.,]0+)?")
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- full width
"""A text that begins so is a formula for a spreadsheet (OWASP, CSV Injection)."""
_ESCAPED: Final = re.compile(f"'*[{''.join(map(re.escape, FORMULA_STARTS))}]")
QUOTE: Final = "'"

GENDERS: Final[Mapping[str, str]] = {
    search_key(word): gender
    for gender, words in {
        "female": ("female", "f", "woman", "ຍິງ", "ເພດຍິງ", "ນາງ", "ຍ"),
        "male": ("male", "m", "man", "ຊາຍ", "ເພດຊາຍ", "ທ້າວ", "ຊ"),
        "not-stated": ("not-stated", "not stated", "ບໍ່ລະບຸ", "-"),
    }.items()
    for word in words
}
LANGUAGES: Final[Mapping[str, str]] = {
    search_key(word): language
    for language, words in {"lo": ("lo", "lao", "ລາວ", "ພາສາລາວ"), "en": ("en", "english", "ອັງກິດ", "ພາສາອັງກິດ")}.items()
    for word in words
}


def text_of(cell: object) -> str | None:
    """The text of a cell, without the quotation mark that keeps a spreadsheet from calculating; None where it is empty.

    A number that a spreadsheet keeps is written without an exponent. Raises `RoundedNumber` for one that is too long
    to be exact.
    """
    match cell:
        case None:
            return None
        case bool():
            return "TRUE" if cell else "FALSE"
        case int() | float():
            return _number(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")
        case date() | time() | timedelta():
            return str(cell)
        case _:
            text = str(cell).strip()
            return text.removeprefix(QUOTE) if text.startswith(QUOTE) and _ESCAPED.match(text) else text or None


def escaped(text: str) -> str:
    """The text as a spreadsheet may read it: what it would take for a formula stands behind an apostrophe."""
    return f"{QUOTE}{text}" if _ESCAPED.match(text) else text


def number_text(cell: object) -> str | None:
    """As `text_of`, for numbers that are read digit by digit; raises `RoundedNumber` for one that lost digits."""
    text = text_of(cell)
    if text is None or (found := _SCIENTIFIC.fullmatch(parse_digits(text))) is None:
        return text
    if len(found[1] or "") < int(found[2]):
        raise RoundedNumber
    return str(int(Decimal(parse_digits(text).replace(",", "."))))


def whole_number(cell: object) -> int | str | None:
    """A whole number in digits of any script; anything else as its text."""
    text = text_of(cell)
    found = _WHOLE.fullmatch(parse_digits(text)) if text else None
    return int(found[1]) if found else text


def choice(cell: object, words: Mapping[str, str], *, otherwise: str) -> str:
    """What a word means; `otherwise` where nothing is written, the text itself where it is unknown."""
    text = text_of(cell)
    return words.get(search_key(text) or text, text) if text else otherwise


def _number(value: float) -> str:
    if not isfinite(value) or value != int(value):
        return repr(value)
    if abs(value) >= 10**15:  # a spreadsheet keeps 15 digits
        raise RoundedNumber
    return str(int(value))
