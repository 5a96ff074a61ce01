"""The report of the drills as a page: docs/reports/runbooks-2026-11.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.alerts.rules import alerts
from tests.alerts.runbooks.drill import Drill
from tests.alerts.runbooks.drills import DRILLS, NOT_CARRIED_OUT
from tests.alerts.runbooks.shortened import FACTOR

REPORT: Final = Path("docs/reports/runbooks-2026-11.md")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a drill went; `fired` and `ended` in seconds, `problem` is empty where it passed.

    `made` says whether the fault was made, `helped` whether the others have done their part.
    """

    drill: Drill
    fired: float | None = None
    ended: float | None = None
    commands: list[str] = field(default_factory=list)
    problem: str = ""
    made: bool = False
    helped: bool = False

    @property
    def passed(self) -> bool:
        """Whether the alert fired, the commands were carried out, and the alert ended."""
        return self.ended is not None and not self.problem


def written(outcomes: Sequence[Outcome]) -> str:
    """The page."""
    return "\n".join([*_head(outcomes), *_rows(outcomes), "", *_problems(outcomes), *_missing(outcomes), ""])


def _head(outcomes: Sequence[Outcome]) -> list[str]:
    passed = sum(each.passed for each in outcomes)
    return [
        "# The runbooks, carried out",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, `make runbooks-check`: {passed} of {len(outcomes)} drills passed. In each, the",
        "fault was made on a running local system (each role a process of its own, real Kafka and PostgreSQL), the",
        "alert fired in a real Prometheus, the commands of its runbook were carried out as they stand on the page, and",
        "the alert ended.",
        "",
        f"The rules are those of `deploy/prometheus/` with all times divided by {FACTOR}; the expressions are the",
        "same. `kubectl` is a stand-in that acts on the local processes. What belongs to the operators of another",
        "system (Kafka, PostgreSQL, the SMS gateway) was done by the drill in their place. Seconds are those of one",
        "run on two cores with other work beside it.",
        "",
        "| alert | fault | fired after | done by others | commands | ended after |",
        "|---|---|---|---|---|---|",
    ]


def _rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for each in outcomes:
        drill = each.drill
        lines = sum(len(script.splitlines()) for script in each.commands)
        fired, ended = (f"{one:.0f} s" if one is not None else "never" for one in (each.fired, each.ended))
        yield f"| `{drill.alert}` | {drill.fault} | {fired} | {drill.others_do} | {lines} | {ended} |"


def _problems(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for each in outcomes:
        if each.problem:
            yield from (f"`{each.drill.alert}` failed:", "", "```", each.problem, "```", "")


def _missing(outcomes: Sequence[Outcome]) -> Iterator[str]:
    done = {each.drill.alert for each in outcomes}
    yield from ("## Not carried out", "", "| alert | why |", "|---|---|")
    for name in (rule["alert"] for rule in alerts()):
        if name not in done:
            yield f"| `{name}` | {NOT_CARRIED_OUT.get(name, _without(name))} |"


def _without(name: str) -> str:
    has_one = any(drill.alert == name for drill in DRILLS)
    return "its drill was not part of this run" if has_one else "no drill yet"
