"""What can be printed: characters that no font of the documents can draw are refused before anybody signs."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.minutes.domain.attendance import NAMELESS
from services.minutes.domain.coverage import RANGES
from services.minutes.domain.draft import Draft, Section, written
from services.minutes.domain.refusals import CharactersNotPrintable
from services.minutes.domain.state import Minutes
from shared.lao import normalise

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
FOR_THE_NEWS = frozenset({Section.QUOTE, Section.BACKGROUND, Section.OUTCOME})
"""Sections that no document prints."""

_INVISIBLE = frozenset({"Cc", "Cf"})  # left out in print
_NO_CHARACTERS = frozenset({"Co", "Cn", "Cs"})


def drawable(character: str) -> bool:
    """Whether some font of ours has a glyph for it; the sign for a missing glyph is none."""
    if character == UNPRINTABLE or unicodedata.category(character) in _NO_CHARACTERS:
        return False
    return ord(character) in _covered()


def unprintable(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters of these texts that cannot be drawn, in order; what is invisible by nature is left out."""
    characters = set[str]().union(*(normalise(text) for text in texts))
    seen = (each for each in characters if unicodedata.category(each) not in _INVISIBLE and not each.isspace())
    return tuple(sorted(each for each in seen if not drawable(each)))


def check_printable(*texts: str, field: str | None = None) -> None:
    """Raise `CharactersNotPrintable`, which names them, when there are any."""
    if missing := unprintable(texts):
        raise CharactersNotPrintable(field=field, characters=list(missing))


def check_document(minutes: Minutes) -> None:
    """Check what will be printed of these minutes and was not checked when it was written."""
    if minutes.draft is not None:
        sections = written(minutes.draft, minutes.edits)
        own = [text for section, text in sections.items() if section not in FOR_THE_NEWS]
        check_printable(*own, *_texts(minutes.draft))


def _texts(draft: Draft) -> Iterator[str]:
    yield from (draft.gathering.title, draft.chair, *draft.issuer)
    yield from (line.title for line in draft.agenda)
    for each in draft.attendees:
        yield each.organisation
        yield from () if each.presence in NAMELESS else (each.name, each.position)


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    bounds = (part.partition("-") for part in RANGES.split())
    return frozenset(code for first, _, last in bounds for code in range(int(first, 16), int(last or first, 16) + 1))
