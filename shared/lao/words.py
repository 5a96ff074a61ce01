"""Finds where a line of Lao text may break: with ICU's dictionary of words, corrected by our own `lexicon.txt`.

Lao is written without spaces between words. ICU is imported inside the functions, so that only services that call them
need `pyicu-wheels` in their extra.
"""

from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Any, Final

from shared.lao.lexicon import unbroken_ranges

ZERO_WIDTH_SPACE: Final = "\u200b"
"""An invisible character at which a line may break."""

LONG_PIECE: Final = 14
"""A piece with so many graphemes may be wider than a table cell, so it may break between any two of them."""


def unbroken_pieces(text: str, *, words: Iterable[str] = ()) -> tuple[str, ...]:
    """Split normalised text into pieces inside which no line may break; joined together they are the text again.

    A piece may end in spaces. `words` are not broken either, in addition to the lexicon: for example names of people.
    """
    from icu import BreakIterator, Locale  # noqa: PLC0415 -- only some services install ICU

    ends = set(_ends(BreakIterator.createLineInstance(Locale("lo")), text))
    for start, end in unbroken_ranges(text, words=words):
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
