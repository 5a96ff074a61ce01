"""The goals of the measured paths: what a figure is judged by, on two cores with everything on one machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Of = Literal["value", "ratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound of a figure's value (in its unit) or of its ratio; `least` or `most`, never both."""

    of: Of
    least: float | None = None
    most: float | None = None

    def met(self, *, value: float, ratio: float | None) -> bool:
        """A figure that was not set against anything misses every goal of its ratio."""
        found = value if self.of == "value" else ratio
        if found is None:
            return False
        return (self.least is None or found >= self.least) and (self.most is None or found <= self.most)

    def text(self, unit: str) -> str:
        """As a reader of the report sees it."""
        sign, bound = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {bound:,g} {unit}" if self.of == "value" else f"{sign} {bound:g} of what is beside it"


GOALS: Mapping[str, Sequence[Goal]] = {
    "http registration, spread": (Goal(of="value", least=1_200), Goal(of="ratio", least=0.6)),
    "http registration, one hot meeting": (Goal(of="ratio", least=0.4),),
    "http own registration": (Goal(of="value", least=1_500),),
    "page of an invitation": (Goal(of="value", least=300),),
    "relay": (Goal(of="value", least=15_000), Goal(of="ratio", least=0.7)),
    "consumer": (Goal(of="value", least=15_000),),
    "commit to consumer's commit, p50": (Goal(of="value", most=8),),
    "commit to consumer's commit, p99": (Goal(of="value", most=40),),
    "bulk registration": (Goal(of="value", most=60),),
}
"""By the figure's name; families of figures are judged by `FAMILIES`."""

FAMILIES: Mapping[str, Sequence[Goal]] = {
    "memory: all of `make run`": (Goal(of="value", most=1_600),),
    "memory: ": (Goal(of="value", most=150),),
    "memory growth: ": (Goal(of="ratio", most=1.05),),
    "growth: ": (Goal(of="ratio", most=1.5),),
}
"""By how the figure's name begins; the first that fits counts."""

NOT_OURS = ("memory: Kafka", "memory: PostgreSQL")


def goals_of(name: str) -> Sequence[Goal]:
    """What the figure of this name is judged by; nothing where it is only there to compare with."""
    if name in GOALS:
        return GOALS[name]
    if name in NOT_OURS:
        return ()
    return next((goals for beginning, goals in FAMILIES.items() if name.startswith(beginning)), ())
