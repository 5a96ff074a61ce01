"""What the drill has shown: figures for programs, a table for people."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(slots=True, kw_only=True)
class Report:
    """The figures; `state` is `running`, `passed` or `failed`, `problems` says why it failed. Durations in seconds."""

    title: str = "Restore drill"
    state: str = "running"
    steps: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, console: Console) -> Iterator[None]:
        """Say what begins, and note how long it has taken."""
        console.print(f"· {name}", highlight=False)
        begun = time.monotonic()
        yield
        self.steps[name] = round(time.monotonic() - begun, 1)

    def expect(self, what: str, *, found: object, wanted: object) -> None:
        """Note a figure; it is a problem if it is not what is wanted."""
        self.figures[what] = found
        if found != wanted:
            self.problems.append(f"{what}: {found}, not {wanted}")

    def expect_some(self, what: str, found: int) -> None:
        """Note a count that must not be zero: otherwise the drill has shown nothing about it."""
        self.figures[what] = found
        if not found:
            self.problems.append(f"{what}: none, so nothing was shown")

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def show(self, console: Console) -> None:
        """Print figures, durations and problems."""
        table = Table("what", "found", title=self.title)
        for name, value in self.figures.items():
            table.add_row(name, str(value))
        for name, seconds in self.steps.items():
            table.add_row(f"[dim]{name}[/dim]", f"[dim]{seconds} s[/dim]")
        console.print(table)
        for problem in self.problems:
            console.print(f"✘ {problem}", style="red", markup=False, highlight=False)
        console.print(self.state, style="green" if self.state == "passed" else "red")
