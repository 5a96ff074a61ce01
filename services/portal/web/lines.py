"""Keeps words of Lao together at the ends of lines, for engines whose own dictionary would cut them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from services.portal.web.languages import Language
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


def told(text: Mapping[str, str | None], language: Language) -> Markup:
    """A text of a service in a language, else in Lao, which is then marked as Lao for screen readers."""
    english = text.get("en")
    if language == "en" and english:
        return escape(english)
    lao = wrapped(text["lo"] or "")
    return lao if language == "lo" else Markup('<span lang="lo">{}</span>').format(lao)
