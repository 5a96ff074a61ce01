"""What a rule finds: which rule, about what, and the lines of the history that prove it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.history import Record


class Harm(StrEnum):
    """What is wrong where a rule is broken."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    OVERBOOKED = "overbooked"
    GAP = "gap"
    STUCK = "stuck"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One place where a rule is broken; `proof` are the records that show it."""

    about: str
    what: str
    proof: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A flaw with the rule that it breaks and the lines (from 1) that prove it."""

    rule: str
    harm: Harm
    about: str
    what: str
    lines: tuple[int, ...]


Find: TypeAlias = Callable[[HistoryIndex], Iterator[Flaw]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must be true of every history; its name and its sentence are those of the function."""

    harm: Harm
    find: Find

    @property
    def name(self) -> str:
        """`fact-not-taken`: what is wrong where the rule is broken."""
        return self.find.__name__.replace("_", "-")

    @property
    def sentence(self) -> str:
        """What must be true."""
        return (self.find.__doc__ or "").partition("\n")[0]

    def broken_in(self, history: HistoryIndex) -> Iterator[Finding]:
        """Every place where it is broken."""
        for flaw in self.find(history):
            lines = tuple(sorted(map(history.line_of, flaw.proof)))
            yield Finding(rule=self.name, harm=self.harm, about=flaw.about, what=flaw.what, lines=lines)
