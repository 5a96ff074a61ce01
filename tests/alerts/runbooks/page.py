"""The commands of a runbook's section: its `sh` blocks, in order, under "How to see it" and "What to do".

A block marked `sh cause=data` is for that cause only.
"""

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from tests.alerts.rules import ROOT

_BLOCK: Final = re.compile(r"^( *)```sh(?: cause=(\w+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_PARTS: Final = re.compile(r"\*\*(What you notice|How to see it|What to do|How to know it is over)\.\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The shell scripts that look, and those that mend."""

    see: tuple[str, ...]
    do: tuple[str, ...]


def section(link: str, *, cause: str = "") -> Section:
    """The section that an alert's annotation `runbook` leads to, for a cause; raises `LookupError` if there is none."""
    page, _, anchor = link.partition("#")
    for each in re.split(r"^## ", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = each.partition("\n")
        if re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") == anchor:
            _, *parts = _PARTS.split(body)
            named = dict(zip(parts[::2], parts[1::2], strict=True))
            return Section(see=_scripts(named["How to see it"], cause), do=_scripts(named["What to do"], cause))
    raise LookupError(link)


def _scripts(text: str, cause: str) -> tuple[str, ...]:
    return tuple(dedent(found[3]) for found in _BLOCK.finditer(text) if found[2] in (None, cause))
