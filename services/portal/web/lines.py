"""Keeps words of Lao together at the ends of lines, for engines whose own dictionary would cut them."""

from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from shared.lao.lexicon import unbroken_ranges

_LONGEST: Final = 40
"""Characters of a range that is kept together; a longer one might be wider than a narrow screen."""


@lru_cache(maxsize=4_096)
def wrapped(text: str) -> Markup:
    """The text as HTML, in which no line breaks inside words of the lexicon, dates, and numbers with their unit."""
    parts: list[Markup] = []
    done = 0
    for start, end in sorted(unbroken_ranges(text), key=lambda one: (one[0], -one[1])):
        if start < done or end - start > _LONGEST:
            continue
        kept = Markup('<wbr><span class="w">{}</span><wbr>').format(text[start:end])
        parts += [escape(text[done:start]), kept]
        done = end
    return Markup("").join([*parts, escape(text[done:])])
