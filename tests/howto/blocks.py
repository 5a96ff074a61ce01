"""The blocks of a page that walks through a change: the sentence before a block says where its text goes.

A block without a place is a mistake, unless its language is `sh` (commands, run in their order) or `text` (for people).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_FILES: Final = 20
"""Files that a feature changes by hand: more is a fault of the code, not of the page."""

COMMANDS: Final = "sh"
FOR_PEOPLE: Final = "text"
FORMS: Final = (
    "a new file `…`:",
    "at the end of `…`:",
    "in `…`, after (or: before, instead of) the line (or: class, function) `…`:",
)
"""How the sentence before a block may end; `the same file` stands for the path of the block before."""

_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = r"(?:`(?P<path>[^`]+)`|the same file)"
_PLACES: Final = (
    re.compile(rf"(?P<where>new file) {_FILE}:$", re.IGNORECASE),
    re.compile(rf"(?P<where>at the end of) {_FILE}:$", re.IGNORECASE),
    re.compile(
        rf"\bin {_FILE}, (?P<where>after|before|instead of) the (?P<kind>line|class|function) "
        r"(?P<anchor>`` .+? ``|`[^`]+`):$",
        re.IGNORECASE,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text and its place: `where` is one of new file, at the end of, after, before, instead of.

    `kind` (line, class, function) and `anchor` say what it stands after, before or instead of; `line` is the block's
    own line on the page.
    """

    line: int
    path: str
    where: str
    text: str
    kind: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Commands that the page tells to run, from the line `line` of the page."""

    line: int
    text: str


class PageError(Exception):
    """The page cannot be followed; the message says at which line, and what to do."""


def steps_of(page: str) -> Iterator[Block | Commands]:
    """The blocks of a page in their order. Raises `PageError` for one that does not say where its text goes."""
    path = ""
    for fence in _FENCE.finditer(page):
        language, text = fence.groups()
        line = page.count("\n", 0, fence.start()) + 1
        if language == COMMANDS:
            yield Commands(line=line, text=text)
        elif language != FOR_PEOPLE:
            block = _block(page[: fence.start()], text, line=line, path=path)
            path = block.path
            yield block


def _block(before: str, text: str, *, line: int, path: str) -> Block:
    sentence = " ".join(before.rstrip().rpartition("\n\n")[2].split())
    for place in _PLACES:
        if found := place.search(sentence):
            members = {name: value for name, value in found.groupdict().items() if value and name != "path"}
            where = members.pop("where").lower()
            if anchor := members.get("anchor"):
                members["anchor"] = anchor[3:-3] if anchor.startswith("``") else anchor[1:-1]
            return Block(line=line, path=found["path"] or path, where=where, text=text, **members)
    raise PageError(f"line {line}: the sentence before this block must end with one of {', '.join(FORMS)}")
