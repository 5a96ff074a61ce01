"""Steps of a run: each has a name, seconds and a verdict; the report on the terminal and in a file."""

import json
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.cluster.failures import CannotStart, StepFailed

Work = Callable[[], Mapping[str, Any] | None]


class Verdict(StrEnum):
    """How a step ended; `not run`: one that it needs has failed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step has shown; `reason` says why it failed or was not run."""

    name: str
    verdict: Verdict
    seconds: float = 0.0
    reason: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


class Steps:
    """Runs steps in order, prints each when it is done, and writes `file` after each."""

    def __init__(self, console: Console, file: Path) -> None:
        self._console = console
        self._file = file
        self._started = datetime.now(UTC)
        self.done: list[Step] = []
        self.broken = ""

    def run(self, name: str, work: Work, *, needed: bool = False) -> None:
        """Run a step; `needed`: those after it are not run if it fails."""
        if self.broken:
            self._add(Step(name=name, verdict=Verdict.NOT_RUN, reason=f"needs: {self.broken}"))
            return
        self._console.print(f"[dim]{datetime.now(UTC):%H:%M:%S}[/dim] {name} …", highlight=False)
        begun = time.monotonic()
        step = _outcome(name, work, begun)
        if needed and step.verdict is Verdict.FAILED:
            self.broken = name
        self._add(step)

    @property
    def failed(self) -> bool:
        """Whether any step has not passed."""
        return any(step.verdict is not Verdict.PASSED for step in self.done)

    def table(self) -> Table:
        """All steps, for the terminal."""
        table = Table("step", "seconds", "verdict", "what it has shown", show_lines=True)
        for step in self.done:
            shown = step.reason or ", ".join(f"{key}: {value}" for key, value in step.figures.items())
            colour = "green" if step.verdict is Verdict.PASSED else "red"
            table.add_row(step.name, f"{step.seconds:.1f}", f"[{colour}]{step.verdict}[/]", shown[:600])
        return table

    def _add(self, step: Step) -> None:
        self.done.append(step)
        if step.verdict is not Verdict.PASSED:
            self._console.print(f"✘ {step.name}: {step.reason}", style="red", highlight=False, markup=False)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        report = {"started": self._started.isoformat(timespec="seconds"), "steps": [asdict(each) for each in self.done]}
        self._file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _outcome(name: str, work: Work, begun: float) -> Step:
    try:
        figures = work() or {}
    except (CannotStart, StepFailed) as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is the verdict on this step
        reason = f"{error!r}\n{traceback.format_exc(limit=-4)}"
    else:
        seconds = round(time.monotonic() - begun, 1)
        return Step(name=name, verdict=Verdict.PASSED, seconds=seconds, figures=figures)
    return Step(name=name, verdict=Verdict.FAILED, seconds=round(time.monotonic() - begun, 1), reason=reason)
