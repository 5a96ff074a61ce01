"""Documents are wrapped: no line is longer than a screen, so that a change of one sentence is a change of few lines."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tests.architecture.source import ROOT

WIDTH = 120
CODE: Final = re.compile(r"^ *```.*?^ *```|`[^`]+`", re.MULTILINE | re.DOTALL)
PLAIN: Final[Mapping[str, str]] = {
    "card": "description, record",
    "door": "route, subscriber, effect",
    "gathering": "group commit",
    "hall": "transaction, batch",
    "herald": "producer",
    "house": "project, code base",
    "mend": "correct, repair",
    "oracle": "reference",
    "parcel": "record batch",
    "wing": "package",
}
"""A metaphor that documents once had, and the words of the field for it."""

_METAPHOR = re.compile(rf"\b({'|'.join(PLAIN)})(?:s|ed|ing)?\b", re.IGNORECASE)
_FENCE = re.compile(r"\s*(```|~~~)")
_UNBREAKABLE = re.compile(r"\s*([*-] |\d+\. |> )?\S+$")


def documents() -> dict[str, str]:
    """Path and text of every Markdown page of the project."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in sorted(pages)}


def long_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line and finding; tables, code and single words that cannot be broken may be as long as they are."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        free = fenced or line.startswith(("|", "    ")) or _UNBREAKABLE.match(line)
        if len(line) > WIDTH and not free:
            yield number, f"{len(line)} characters, at most {WIDTH}"


def metaphors(text: str) -> Iterator[str]:
    """Each word that should be another one, and which; code is not looked at."""
    for found in _METAPHOR.finditer(CODE.sub("", text)):
        yield f"{found[0]}: say {PLAIN[found[1].lower()]}"
