"""Documents are wrapped: no line is longer than a screen, so that a change of one sentence is a change of few lines."""

import re
from collections.abc import Iterator

from tests.architecture.source import ROOT

WIDTH = 120
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
