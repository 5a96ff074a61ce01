"""What is measured: a value, what it cost, and the raw limit beside it; as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table


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


def write(figures: dict[str, Figure], file: Path, console: Console) -> None:
    """Print the table and write the report."""
    table = Table("path", "value", "unit", "CPU µs", "raw", "ratio", "raw limit is")
    for name, one in figures.items():
        cells = (one.value, one.unit, one.cpu_us, one.raw_value, one.ratio, one.note)
        table.add_row(name, *["" if cell is None else str(cell) for cell in cells])
    console.print(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {name: asdict(one) for name, one in figures.items()}
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"→ {file}")
