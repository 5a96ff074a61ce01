"""Which characters a text may contain: checked when it is received, repaired when stored text is shown.

It follows the FreeformClass of PRECIS (RFC 8264 §4.3), which allows neither control characters nor characters that are
ignored in display, and UTR 36 on bidirectional text. Invisible characters are removed; variation selectors and all
scripts are kept. Standard library only; the time is linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from shared.lao import normalise

MOST_MARKS: Final = 8
"""The most combining marks on one letter: the longest stacks of Tibetan have 8, other scripts far fewer."""

_LINE_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Ignored in display (Default_Ignorable_Code_Point): joiners, direction marks, fillers, tags; also the anchors of
# annotations and objects. Variation selectors are not listed: names are written with them.
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_INVISIBLE: Final = re.compile(f"[{_UNSEEN}]")
_SPACES: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")  # with the blank Braille pattern
_LAO: Final = "".join(character for character in map(chr, range(0xE80, 0xF00)) if unicodedata.name(character, ""))
_ORDINARY: Final = re.compile(f"[ -~\u00a1-\u00ac\u00ae-\u02ff{_LAO}]*")
_ORDINARY_LINES: Final = re.compile(f"[\n\t -~\u00a1-\u00ac\u00ae-\u02ff{_LAO}]*")
_REFUSED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})  # controls, surrogates, private, unassigned and noncharacters
_MARKS: Final = frozenset({"Mn", "Me"})
_PERHAPS_MARKS: Final = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS + 1}}}")  # for `re`, marks are not word characters
_DAMAGED: Final = "\N{REPLACEMENT CHARACTER}"


class UnusableText(ValueError):
    """A text contains characters that are not allowed; the message never quotes the text."""


def clean_input(text: str, *, lines: bool) -> str:
    """The text as it will be stored: no invisible characters, one kind of space and line break, Lao normalised.

    `lines`: line breaks and tabs are allowed. Raises `UnusableText` for control characters, for surrogates, private,
    unassigned and noncharacter code points, and for more than `MOST_MARKS` marks on one letter.
    """
    if not _ordinary(text, lines=lines):
        text = _seen(text).strip()
        if not _flawless(text, lines=lines) and any(True for _ in _flaws(text, lines=lines)):
            raise UnusableText("characters that cannot be used")
    return normalise(text).strip()


def printable(text: str, *, lines: bool = False) -> str:
    """The text without characters that are not allowed; never raises.

    For text that was stored before the rules existed or that comes from another system. Without `lines` each line
    break or tab becomes a space.
    """
    if _ordinary(text, lines=lines):
        return text
    flaws, seen = set(_flaws(text := _seen(text), lines=True)), text
    text = "".join(character for place, character in enumerate(seen) if place not in flaws) if flaws else seen
    return text if lines else text.replace("\n", " ").replace("\t", " ")


def is_blank(text: str) -> bool:
    """Whether the text has no letter, number, punctuation or symbol; a mark without a letter does not count."""
    return all(unicodedata.category(character)[0] in "MZC" for character in text)


def _ordinary(text: str, *, lines: bool) -> bool:
    return (_ORDINARY_LINES if lines else _ORDINARY).fullmatch(text) is not None


def _seen(text: str) -> str:
    return _SPACES.sub(" ", _LINE_BREAKS.sub("\n", _INVISIBLE.sub("", text)))


def _flawless(text: str, *, lines: bool) -> bool:
    """A fast test that suffices for most texts: all characters printable, nowhere many marks in a row."""
    line = text.translate({10: None, 9: None}) if lines else text
    return line.isprintable() and _DAMAGED not in line and _PERHAPS_MARKS.search(line) is None


def _flaws(text: str, *, lines: bool) -> Iterator[int]:
    """The indexes of the characters that are not allowed."""
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        refused = category in _REFUSED and not (lines and character in "\n\t")
        if refused or character == _DAMAGED or marks > MOST_MARKS:
            yield place
