"""Normalises Lao text to one spelling, and makes a search key that is the same for all usual spellings.

Unicode's normal forms are not enough: most Lao vowel signs have combining class 0, so NFC keeps every typing order, and
NFKC decomposes ຳ, ໜ and ໝ. So `normalise` has its own rules; its result is also NFC.

For Python, Lao marks are not word characters (category Mn): do not use the class w of `re` or `str.isalnum` for Lao.
"""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
_CLEAN: Final = {**_INVISIBLE, **_SPACES}
_DIGITS: Final = {0x0ED0 + value: str(value) for value in range(10)}

# Thai keyboards produce the Thai counterpart of a Lao mark; their code points differ by exactly 0x80.
_THAI_TO_LAO: Final = {code: code + 0x80 for code in (*range(0x0E30, 0x0E3B), *range(0x0E48, 0x0E4F))}

_DOUBLE_E: Final = "\u0ec0\u0ec0"
_AE: Final = "\u0ec1"
_AM: Final = "\u0eb3"
_NIGGAHITA: Final = "\u0ecd"
_AA: Final = "\u0eb2"
_SPACING: Final = frozenset("\u0eb0\u0eb2")
# What follows a consonant: signs above and below it, tones, and the vowels ະ າ ຳ after it.
_LAO_SIGNS: Final = "\u0eb0-\u0ebc\u0ec8-\u0ece"
_SIGNS: Final = re.compile("[" + _LAO_SIGNS + "]{2,}")
_ORDINARY: Final = re.compile("[\n -~\u0e80-\u0eff]*")  # only Lao and ASCII, no other script
# A run of signs that is normalised already: at most one of each kind, in this order (ໍ with າ or ຳ becomes ຳ).
_IN_ORDER: Final = re.compile(
    "\u0ebc?\u0eba?(?:[\u0eb1\u0eb4-\u0eb9\u0ebb]?[\u0ec8-\u0ecb]?[\u0ecc\u0ece]?[\u0eb0\u0eb2\u0eb3]?"
    "|\u0ecd[\u0ec8-\u0ecb]?[\u0ecc\u0ece]?\u0eb0?)"
)
_RANK: Final = {
    "\u0ebc": 0,  # semivowel ຼ
    "\u0eba": 1,  # virama
    **dict.fromkeys("\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0eb8\u0eb9\u0ebb\u0ecd", 2),  # vowels
    **dict.fromkeys("\u0ec8\u0ec9\u0eca\u0ecb", 3),  # tones
    **dict.fromkeys("\u0ecc\u0ece", 4),  # cancellation, yamakkan
}

# Letters that people use for one another; a search ignores tones and cancellation.
_FOLDED_LETTERS: Final = {
    "\u0eb5": "\u0eb4",  # ີ ິ
    "\u0eb7": "\u0eb6",  # ື ຶ
    "\u0eb9": "\u0eb8",  # ູ ຸ
    "\u0ebc": "\u0ea5",  # ຼ ລ
    "\u0ea3": "\u0ea5",  # ຣ ລ
    "\u0ec4": "\u0ec3",  # ໄ ໃ
    "\u0ebd": "\u0e8d",  # ຽ ຍ
}
_UNHEARD: Final = "\u0eba\u0ec8\u0ec9\u0eca\u0ecb\u0ecc\u0ece"
_GAP_IN_LAO: Final = re.compile("(?<=[\u0e80-\u0eff]) +(?=[\u0e80-\u0eff])")


def _moved_marks() -> str:
    """All characters that Unicode normalisation reorders as marks, for a character class; all are in these ranges."""
    return "".join(
        character
        for character in map(chr, (*range(0x300, 0x3100), *range(0xA600, 0xB000), *range(0xFB00, 0x1F000)))
        if unicodedata.combining(unicodedata.normalize("NFKD", character)[0])
    )


_THAI_SIGNS: Final = "\u0e30-\u0e3a\u0e48-\u0e4e"
_MOVED: Final = _moved_marks()
_RUN: Final = re.compile("[" + _LAO_SIGNS + _THAI_SIGNS + _MOVED + "]+")
# Normalisation takes quadratic time in the number of marks in a row, so more than any language needs are cut off.
_FLOOD: Final = re.compile("([" + _MOVED + "]{64})[" + _MOVED + "]+")
_MOST_FOREIGN: Final = 30  # as in the Stream-Safe Text Format (UAX #15)


class _Folding(dict[int, str | None]):
    """A `str.translate` table: keeps letters, marks and numbers, deletes format characters, makes the rest spaces."""

    def __missing__(self, code: int) -> str | None:
        category = unicodedata.category(chr(code))
        return None if category == "Cf" else chr(code) if category[0] in "LMN" else " "


_FOLD: Final = _Folding(
    {ord(letter): twin for letter, twin in _FOLDED_LETTERS.items()} | dict.fromkeys(map(ord, _UNHEARD)) | _DIGITS
)


def normalise(text: str) -> str:
    """The text in its one stored spelling: NFC, marks in order and once each, ຳ composed, no invisible characters.

    Legitimate variants (ໜ or ຫນ, ຫຼ or ຫລ, long or short vowels) are kept. Idempotent. Call it wherever text is
    received, before it is hashed or signed, never after that. Its time is linear in the length of the text, and it
    caches nothing.
    """
    if text.isascii():
        return text
    if _ORDINARY.fullmatch(text):
        spelled = _SIGNS.sub(_in_order, text.replace(_DOUBLE_E, _AE))
    else:
        composed = unicodedata.normalize("NFC", _FLOOD.sub(r"\1", text.translate(_CLEAN)))
        spelled = _RUN.sub(_in_order_among_others, composed.replace(_DOUBLE_E, _AE))
    return unicodedata.normalize("NFC", spelled)


def search_key(text: str) -> str:
    """The search key of a text: the same for all its usual spellings; for comparison only, never shown.

    Keys can be compared by equality, LIKE or trigrams. LIKE needs no escaping: its wildcards and the backslash have
    become spaces.
    """
    folded = unicodedata.normalize("NFKC", normalise(text)).casefold().translate(_FOLD)
    return _GAP_IN_LAO.sub("", " ".join(folded.split()))


def parse_digits(text: str) -> str:
    """The text with Lao digits (U+0ED0 to U+0ED9) replaced by 0-9, the digits that documents use."""
    return text if text.isascii() else text.translate(_DIGITS)


def _in_order(signs: re.Match[str]) -> str:
    return signs[0] if _IN_ORDER.fullmatch(signs[0]) else _ordered(signs[0])


def _in_order_among_others(run: re.Match[str]) -> str:
    """Order a run of marks: Lao signs first (Thai ones beside them become Lao), then the marks of other scripts."""
    marks, before = run[0], run.string[run.start() - 1 : run.start()]
    if not (_is_lao(before) or any(map(_is_lao, marks))):
        return marks
    marks = marks.translate(_THAI_TO_LAO)
    others = [mark for mark in marks if not _is_lao(mark)]
    return _ordered("".join(filter(_is_lao, marks))) + "".join(others[:_MOST_FOREIGN])


def _is_lao(character: str) -> bool:
    return "\u0e80" <= character <= "\u0eff"


def _ordered(signs: str) -> str:
    """Order the signs of one syllable: ຼ, vowel, tone, cancellation, each once; then the vowels after the consonant."""
    apart = signs.replace(_AM, _NIGGAHITA + _AA)
    behind = "".join(sign for sign in apart if sign in _SPACING)
    marks = sorted(dict.fromkeys(sign for sign in apart if sign not in _SPACING), key=_RANK.__getitem__)
    if behind.startswith(_AA) and _NIGGAHITA in marks:
        marks.remove(_NIGGAHITA)
        behind = _AM + behind[1:]
    return "".join(marks) + behind
