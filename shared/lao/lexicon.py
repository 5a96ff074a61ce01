"""The words, numbers and dates inside which no line of Lao text may break; our own `lexicon.txt` lists the words."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from shared.lao.dates import MONTHS

_LEXICON_FILE: Final = Path(__file__).with_name("lexicon.txt")
_MONTH: Final = "|".join(MONTHS)
# No break between a number and what it counts, nor between day, month and year.
_TOGETHER: Final = re.compile(rf"\d{{1,2}} (?:{_MONTH}) \d{{4}}|\d[\d:.,/]* (?:ທ່ານ|ໂມງ|ປີ|ສະບັບ|ຄັ້ງ)|(?:ຄັ້ງທີ|ເລກທີ) \S+")


def unbroken_ranges(text: str, *, words: Iterable[str] = ()) -> Iterator[tuple[int, int]]:
    """The ranges (start, end) of normalised text inside which no line may break; they may overlap.

    `words` are not broken either, in addition to the lexicon: for example names of people.
    """
    yield from (match.span() for match in _TOGETHER.finditer(text))
    own = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
    for pattern in filter(None, (_lexicon(), own)):
        yield from (match.span() for match in re.finditer(pattern, text))


@lru_cache(maxsize=1)
def _lexicon() -> str:
    lines = _LEXICON_FILE.read_text(encoding="utf-8").splitlines()
    entries = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    return "|".join(map(re.escape, entries))
