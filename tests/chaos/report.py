"""What a run has shown, as JSON for programs and as tables for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(slots=True, kw_only=True)
class Report:
    """The figures of a run; what the checker finds is added to what the run itself counts.

    `state` is `running` until the run is over, then `passed`, `failed` or `interrupted`.
    """

    seed: int
    minutes: float
    history: str
    state: str = "running"
    topology: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    not_carried_out: list[str] = field(default_factory=list)
    not_possible: list[str] = field(default_factory=list)
    not_recovered: list[str] = field(default_factory=list)
    recovery_s: dict[str, dict[str, float]] = field(default_factory=dict)
    seen_s: dict[str, dict[str, float]] = field(default_factory=dict)
    load: dict[str, int] = field(default_factory=dict)
    launches: dict[str, int] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    put_off_s: float = 0.0
    problems: list[str] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def write(self, path: Path) -> None:
        """Readers see the old file or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        own = {name: value for name, value in asdict(self).items() if name != "verdict"}
        incoming = path.with_suffix(".partial")
        incoming.write_text(json.dumps({**self.verdict, **own}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        incoming.replace(path)


def durations(seconds: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Count, median and longest of each."""
    return {
        kind: {"count": len(each), "median": round(median(each), 1), "longest": round(max(each), 1)}
        for kind, each in sorted(seconds.items())
    }


def show(report: Report, console: Console) -> None:
    """Faults with their recoveries, figures, and what is wrong."""
    console.print(_faults(report))
    console.print(_seen(report))
    console.print(_figures(report))
    for title, lines in (
        ("not possible here", report.not_possible),
        ("not carried out", report.not_carried_out),
        ("not recovered from", report.not_recovered),
        ("stuck", report.stuck),
        ("problems", report.problems),
    ):
        for line in lines:
            console.print(f"✘ {title}: {line}", style="red", highlight=False, markup=False)
    console.print(f"{report.state}: seed {report.seed}, {report.minutes:g} min", style="bold")


def _faults(report: Report) -> Table:
    table = Table("fault", "times", "recovered", "median s", "longest s", title="Faults")
    for kind, times in sorted(report.faults.items()):
        found = report.recovery_s.get(kind, {})
        table.add_row(kind, str(times), *(f"{found.get(name, 0):g}" for name in ("count", "median", "longest")))
    return table


def _seen(report: Report) -> Table:
    table = Table("service", "probes seen", "median s", "longest s", title="From a command to its effect, under fire")
    for service, found in report.seen_s.items():
        table.add_row(service, *(f"{found[name]:g}" for name in ("count", "median", "longest")))
    return table


def _figures(report: Report) -> Table:
    table = Table("figure", "value", title="Figures")
    plain = {name: value for name, value in report.verdict.items() if isinstance(value, int | float)}
    for name, value in {**report.load, **plain}.items():
        table.add_row(name, str(value))
    return table
