"""`pasum demo`: starts the system, runs the meetings, prints and writes the report, and stops the system."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console

from deploy.local.packages import PackageUnavailable
from deploy.local.processes import DidNotStart
from deploy.local.stack import StackInUse
from deploy.local.system import System
from pasum.api import Refused, addresses
from pasum.demo.demonstration import Demonstration, DemonstrationFailed
from pasum.demo.report import Disagreement, figures
from pasum.demo.table import show

AtStep: TypeAlias = Callable[[System, str], None]
EXPECTED = (DidNotStart, StackInUse, PackageUnavailable, DemonstrationFailed, Refused, Disagreement)


def run_demo(folder: Path, console: Console, *, apart: bool) -> int:
    """Run the demonstration; returns the exit code. If it succeeds, `report.json` is written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").unlink(missing_ok=True)
    try:
        report = demonstrate(folder, console, apart=apart)
    except EXPECTED as error:
        console.print(f"✘ {error}", style="red", highlight=False, markup=False)
        console.print(f"  logs: {folder / 'system' / 'logs'}", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("ຢຸດແລ້ວ · stopped", style="yellow")
        return 130
    show(report, console)
    console.print(f"→ {folder / 'report.json'}", highlight=False)
    return 0


def demonstrate(folder: Path, console: Console, *, apart: bool, at_step: AtStep | None = None) -> dict[str, Any]:
    """Run the demonstration on a new system; returns the report.

    `at_step` is called at the beginning of each step, with the system and the English name of the step.
    """
    started = time.monotonic()

    def report_step(lao: str, english: str = "") -> None:
        if at_step is not None:
            at_step(system, english)
        console.print(
            f"[dim]{time.monotonic() - started:5.1f} s[/dim] {lao}" + (f" · {english}" if english else ""),
            highlight=False,
        )

    system = System(folder / "system", fresh=True, apart=apart)
    with system:
        system.start(lambda what: report_step("ກຳລັງເລີ່ມ", what))
        found = addresses(system.stack.address_file)
        with Demonstration(found, report_step) as demonstration:
            demonstration.run()
            report_step("ກວດນັບ", "Counting, in every place where something was kept")
            demonstration.training.keep(folder)
            report = figures(
                found,
                demonstration.meeting,
                demonstration.second.meeting,
                training=demonstration.training,
                seconds=time.monotonic() - started,
            )
            report["minutes"]["pdf"] = str(_keep(folder, demonstration))
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


def _keep(folder: Path, demonstration: Demonstration) -> Path:
    """Save the signed PDF and the news item for people to look at; returns the path of the PDF."""
    minutes = demonstration.client("minutes")
    (folder / "minutes.pdf").write_bytes(minutes.read(f"/v1/minutes/{demonstration.minutes}/document"))
    news = minutes.get(f"/v1/minutes/{demonstration.minutes}/news")
    (folder / "news.json").write_text(json.dumps(news, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder / "minutes.pdf"
