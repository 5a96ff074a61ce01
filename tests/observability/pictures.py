"""Draws the dashboards from a real Prometheus: `python -m tests.observability.pictures`, ten minutes.

The whole system runs, each role of each service as a process of its own. A steady load and the demonstration's meetings
go through it; then processes and Kafka are killed while the load goes on. Each time every panel is drawn. Exits with 1
where a panel is empty under load and does not say that this is good.

    --folder FOLDER        where the system's data and the figures go (default .local/pictures)
    --minutes NUMBER       how long each of the two parts lasts (default 4)
    --redraw               draw the figures of the last run again
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from deploy.local.system import System
from pasum.api import addresses
from pasum.demo.demonstration import Demonstration
from tests.chaos.caller import Caller
from tests.chaos.history import Journal
from tests.chaos.load import Load
from tests.observability.dashboards import ROOT, ShownPanel, dashboards, panels
from tests.observability.drawing import Band, Picture, Series, draw
from tests.observability.prometheus import Points, Prometheus

PICTURES: Final = ROOT / "docs" / "reference" / "dashboards"
SCRAPE_SECONDS: Final = 5
RATE_WINDOW: Final = "30s"
RATE: Final = 6.0  # requests a second
LIFE_SECONDS: Final = 60.0  # of one meeting of the load
OUTAGE_SECONDS: Final = 30.0
SEED: Final = 2022


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is killed `after` so many seconds of the part with faults, and started again."""

    after: float
    name: str
    processes: Sequence[str]


FAULTS: Final = (
    Fault(after=40, name="api and worker", processes=("registration-api", "notification-worker")),
    Fault(after=130, name="Kafka", processes=("kafka",)),
)


async def run(folder: Path, *, minutes: float, console: Console) -> list[dict[str, Any]]:
    """Run both parts; returns what every panel has shown of each."""
    with System(folder / "system", fresh=True, apart=True) as system:
        console.print("starting the system")
        await asyncio.to_thread(system.start)
        found = addresses(system.stack.address_file)
        prometheus = Prometheus(folder / "prometheus", system.stack.address_file, seconds=SCRAPE_SECONDS)
        await asyncio.to_thread(prometheus.start, system.stack.processes)
        async with _loaded(system, found, folder):
            console.print(f"under load, {minutes} minutes")
            begin = time.time()
            demonstration = asyncio.create_task(asyncio.to_thread(_demonstrate, found))
            await asyncio.sleep(minutes * 60)
            await demonstration
            load = record(prometheus, "load", begin=begin, end=time.time())
            console.print(f"under faults, {minutes} minutes")
            begin = time.time()
            bands = await _break(system, begin + minutes * 60)
            faults = record(prometheus, "faults", begin=begin, end=time.time(), bands=bands)
    return [load, faults]


@contextlib.asynccontextmanager
async def _loaded(system: System, found: Mapping[str, Any], folder: Path) -> AsyncIterator[None]:
    chance = random.Random(SEED)  # noqa: S311 -- a load, not a secret
    journal = folder / "history.jsonl"
    journal.unlink(missing_ok=True)
    with Journal(journal) as written:
        async with Caller(system.apis, found, written, chance=chance) as caller:
            load = Load(caller, chance, rate=RATE, seconds=LIFE_SECONDS)
            running = asyncio.create_task(load.run())
            try:
                yield
            finally:
                load.close()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


def _demonstrate(found: Mapping[str, Any]) -> None:
    with Demonstration(dict(found), lambda *_: None) as demonstration:
        demonstration.run()


async def _break(system: System, until: float) -> list[Band]:
    """Carry out the faults; returns when each began and ended."""
    begin, bands = time.time(), []
    for fault in FAULTS:
        await asyncio.sleep(max(0.0, begin + fault.after - time.time()))
        struck = time.time()
        for name in fault.processes:
            await asyncio.to_thread(_process(system, name).kill)
        await asyncio.sleep(OUTAGE_SECONDS)
        for name in fault.processes:
            await asyncio.to_thread(_start_again, system, name)
        bands.append(Band(struck, time.time(), fault.name))
    await asyncio.sleep(max(0.0, until - time.time()))
    return bands


def _process(system: System, name: str) -> Any:
    kafka = system.stack.kafka
    return kafka.process(1) if name == "kafka" and kafka else system.running[name]


def _start_again(system: System, name: str) -> None:
    kafka = system.stack.kafka
    if name == "kafka" and kafka:
        kafka.launch(1)
    else:
        system.restart(name)


def record(
    prometheus: Prometheus, part: str, *, begin: float, end: float, bands: Sequence[Band] = ()
) -> dict[str, Any]:
    """What every panel of every dashboard shows of this time, as JSON that `draw_part` reads."""
    series = {f"{one.dashboard} {one.number}": _series(prometheus, one, begin=begin, end=end) for one in panels()}
    marked = [(band.begin, band.end, band.name) for band in bands]
    return {"part": part, "begin": begin, "end": end, "bands": marked, "series": series}


def _series(prometheus: Prometheus, panel: ShownPanel, *, begin: float, end: float) -> list[tuple[str, Points]]:
    found = []
    for legend, expression in panel.queries(window=RATE_WINDOW).items():
        for labels, points in prometheus.query_range(expression, begin=begin, end=end, step=SCRAPE_SECONDS):
            found.append((_named(legend, labels), points))
    return found


def _named(legend: str, labels: Mapping[str, str]) -> str:
    for label, value in labels.items():
        legend = legend.replace(f"{{{{{label}}}}}", value)
    return "" if legend == "__auto" else legend


def draw_part(recorded: Mapping[str, Any]) -> list[str]:
    """Draw each dashboard; returns which panels show nothing and do not say that this is good."""
    empty: list[str] = []
    bands = [Band(*band) for band in recorded["bands"]]
    for name, content in dashboards().items():
        series: dict[int, list[Series]] = {}
        for one in panels(name):
            lines = [Series(*line) for line in recorded["series"].get(f"{name} {one.number}", ())]
            series[one.number] = sorted((line for line in lines if line.values), key=lambda line: -max(line.values))
            if not one.may_be_empty and not series[one.number]:
                empty.append(f"{name}-{recorded['part']}: {one.title}")
        path = PICTURES / f"{name}-{recorded['part']}.png"
        draw(Picture(content, series, recorded["begin"], recorded["end"], SCRAPE_SECONDS, bands), path)
    return empty


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.observability.pictures")
    parser.add_argument("--folder", type=Path, default=Path(".local/pictures"))
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--redraw", action="store_true", help="draw the figures of the last run again")
    chosen, console = parser.parse_args(), Console()
    figures = chosen.folder / "figures.json"
    if not chosen.redraw:
        parts = asyncio.run(run(chosen.folder, minutes=chosen.minutes, console=console))
        figures.write_text(json.dumps(parts), encoding="utf-8")
    load, faults = json.loads(figures.read_text(encoding="utf-8"))
    draw_part(faults)  # what does not answer shows nothing
    wrong = draw_part(load)
    for one in wrong:
        console.print(f"✘ shows nothing: {one}", style="red", markup=False)
    console.print(f"→ {PICTURES.relative_to(ROOT)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
