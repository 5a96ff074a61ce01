"""Finds where a line of Lao text may break: with ICU's dictionary of words, corrected by our own `lexicon.txt`.

Lao is written without spaces between words. ICU is imported inside the functions, so that only services that call them
need `pyicu-wheels` in their extra.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

from shared.lao.dates import MONTHS

ZERO_WIDTH_SPACE: Final = "\u200b"
"""An invisible character at which a line may break."""

LONG_PIECE: Final = 14
"""A piece with so many graphemes may be wider than a table cell, so it may break between any two of them."""

_LEXICON_FILE: Final = Path(__file__).with_name("lexicon.txt")
_MONTH: Final = "|".join(MONTHS)
# No break between a number and what it counts, nor between day, month and year.
_TOGETHER: Final = re.compile(rf"\d{{1,2}} (?:{_MONTH}) \d{{4}}|\d[\d:.,/]* (?:ທ່ານ|ໂມງ|ປີ|ສະບັບ|ຄັ້ງ)|(?:ຄັ້ງທີ|ເລກທີ) \S+")


def unbroken_pieces(text: str, *, words: Iterable[str] = ()) -> tuple[str, ...]:
    """Split normalised text into pieces inside which no line may break; joined together they are the text again.

    A piece may end in spaces. `words` are not broken either, in addition to the lexicon: for example names of people.
    """
    from icu import BreakIterator, Locale  # noqa: PLC0415 -- only some services install ICU

    ends = set(_ends(BreakIterator.createLineInstance(Locale("lo")), text))
    for start, end in _kept(text, words):
        ends.difference_update(range(start + 1, end))
    cuts = [0, *sorted(ends | {len(text)})]
    return tuple(text[start:end] for start, end in pairwise(cuts) if start < end)


def breakable_piece(piece: str) -> str:
    """The piece; if it may be too long for a line, with invisible places to break between its graphemes."""
    from icu import BreakIterator, Locale  # noqa: PLC0415 -- as above

    ends = [0, *_ends(BreakIterator.createCharacterInstance(Locale("lo")), piece)]
    graphemes = [piece[start:end] for start, end in pairwise(ends)]
    return piece if len(graphemes) < LONG_PIECE else ZERO_WIDTH_SPACE.join(graphemes)


def _ends(iterator: Any, text: str) -> list[int]:
    """Where ICU ends the parts of a text, as indices of Python; ICU counts in units of UTF-16."""
    iterator.setText(text)
    units = accumulate(2 if character > "\uffff" else 1 for character in text)
    index = dict(zip(units, range(1, len(text) + 1), strict=True))
    return [index[end] for end in iterator]


def _kept(text: str, words: Iterable[str]) -> Iterable[tuple[int, int]]:
    """The ranges (start, end) inside which no line may break."""
    yield from (match.span() for match in _TOGETHER.finditer(text))
    own = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
    for pattern in filter(None, (_lexicon(), own)):
        yield from (match.span() for match in re.finditer(pattern, text))


@lru_cache(maxsize=1)
def _lexicon() -> str:
    lines = _LEXICON_FILE.read_text(encoding="utf-8").splitlines()
    entries = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    return "|".join(map(re.escape, entries))
