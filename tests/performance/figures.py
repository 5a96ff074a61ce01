"""What is measured: a value, what it cost, the limit beside it, the goal; as a table, as JSON and as Markdown."""

import json
import os
import platform
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.performance.goals import goals_of

_COLUMNS = ("path", "value", "unit", "CPU µs", "beside it", "ratio", "goal", "met", "what is beside it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: units a second, and microseconds of our process's CPU a unit."""

    rate: float
    cpu_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One path: the median of its rounds beside the median of the raw rounds; `ratio` is value / raw_value."""

    value: float
    unit: str
    cpu_us: float | None
    raw_value: float | None
    ratio: float | None
    note: str = ""


def compare(ours: Sequence[Round], raw: Sequence[Round], *, unit: str, note: str) -> Figure:
    """Rates: the rounds were taken in turn, so the ratio of medians holds when the machine's speed drifts."""
    value, limit = median(one.rate for one in ours), median(one.rate for one in raw)
    return Figure(
        value=round(value, 1),
        unit=unit,
        cpu_us=round(median(one.cpu_us for one in ours), 1),
        raw_value=round(limit, 1),
        ratio=round(value / limit, 3),
        note=note,
    )


def beside(value: float, limit: float, *, unit: str, note: str) -> Figure:
    """One number beside another of the same unit; `ratio` is value / limit."""
    ratio = round(value / limit, 3) if limit else None
    return Figure(value=round(value, 3), unit=unit, cpu_us=None, raw_value=round(limit, 3), ratio=ratio, note=note)


def alone(value: float, *, unit: str, note: str) -> Figure:
    """One number with nothing to set it against."""
    return Figure(value=round(value, 1), unit=unit, cpu_us=None, raw_value=None, ratio=None, note=note)


async def timed(count: int, work: Callable[[], Awaitable[None]]) -> Round:
    """`count` units of work: how many a second, and microseconds of this process's CPU a unit."""
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    seconds = time.perf_counter() - started
    return Round(rate=count / seconds, cpu_us=(time.process_time() - cpu) / count * 1e6)


def write(figures: Mapping[str, Figure], folder: Path, console: Console, *, name: str = "report") -> None:
    """Print the table and write `name`.json and `name`.md."""
    table = Table(*_COLUMNS)
    rows = [_cells(path, figure) for path, figure in figures.items()]
    for row in rows:
        table.add_row(*row)
    console.print(table)
    folder.mkdir(parents=True, exist_ok=True)
    run = _run()
    document = {"run": run, "figures": {path: _entry(path, figure) for path, figure in figures.items()}}
    (folder / f"{name}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text("\n".join(_markdown(run, rows)) + "\n", encoding="utf-8")
    console.print(f"→ {folder / name}.json, {folder / name}.md")


def _run() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "load_average": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _entry(path: str, figure: Figure) -> dict[str, Any]:
    goals = [
        {"goal": goal.text(figure.unit), "met": goal.met(value=figure.value, ratio=figure.ratio)}
        for goal in goals_of(path)
    ]
    return {**asdict(figure), "goals": goals}


def _cells(path: str, figure: Figure) -> list[str]:
    goals = _entry(path, figure)["goals"]
    numbers = (figure.value, figure.unit, figure.cpu_us, figure.raw_value, figure.ratio)
    return [
        path,
        *(_cell(each) for each in numbers),
        ", ".join(goal["goal"] for goal in goals),
        ", ".join("yes" if goal["met"] else "NO" for goal in goals),
        figure.note,
    ]


def _cell(value: float | str | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, float) else value


def _markdown(run: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    load = ", ".join(map(str, run["load_average"]))
    yield f"# Measured on {run['at']}"
    yield ""
    yield (
        f"{run['cores']} cores, {run['memory_mb']:,} MB, Python {run['python']}, {run['system']}; load average "
        f"{load}. Medians of rounds after a warm-up; what stands beside a figure was measured in the same run."
    )
    yield ""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * len(_COLUMNS)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
