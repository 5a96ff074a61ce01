"""The rotation drill: `python -m tests.rotation.run`; exit code 0 if no request failed and nothing was lost.

Report: `.local/rotation/report.json`, written whatever happens; the history and the logs are beside it.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console

from deploy.local import postgres
from tests.chaos.caller import Caller
from tests.chaos.checker import judge, read_history
from tests.chaos.history import Journal, Run, Settled, Unanswered, read
from tests.chaos.inspection import inspect_system
from tests.chaos.load import Load
from tests.chaos.settle import settle
from tests.restore.place import found
from tests.restore.report import Report
from tests.rotation.rolling import RollingSystem
from tests.rotation.steps import STEPS, let_tools_in

FOLDER = Path(".local/rotation")
RATE, LIFE_SECONDS, DRAIN_SECONDS, PATIENCE_SECONDS = 8.0, 40.0, 120.0, 120.0


def main() -> int:
    """Run the drill in a folder of its own, which PostgreSQL's user may enter."""
    parser = argparse.ArgumentParser(prog="python -m tests.rotation.run", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    results: Path = parser.parse_args().folder.absolute()
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    console = Console(width=None if sys.stdout.isatty() else 120)
    place = Path(tempfile.mkdtemp(prefix="pasum-rotation-"))
    place.chmod(0o711)
    report = Report(title="Rotation drill")
    try:
        asyncio.run(_drill(place / "system", results / "history.jsonl", report, console))
    except Exception as error:  # noqa: BLE001 -- the report tells it
        console.print_exception()
        report.problems.append(f"{type(error).__name__}: {error}")
    finally:
        shutil.copytree(place / "system" / "logs", results / "logs")
        postgres.remove(place / "system" / "postgres")
        shutil.rmtree(place, ignore_errors=True)
    report.state = "failed" if report.problems else "passed"
    report.write(results / "report.json")
    report.show(console)
    return 0 if report.state == "passed" else 1


async def _drill(folder: Path, history: Path, report: Report, console: Console) -> None:
    rolling = RollingSystem.in_folder(folder)
    with rolling.system as system, Journal(history) as journal:
        with report.step("start", console):
            await asyncio.to_thread(system.start)
        journal.write(Run(at=time.time(), seed=0, minutes=1.0))
        await _rotate(rolling, journal, report, console)
        await let_tools_in(rolling)
        with report.step("come to rest", console):
            rest = await settle(system, patience=PATIENCE_SECONDS, say=lambda text: console.print(f"  {text}"))
            report.problems += [f"did not come to rest: {what}" for what in rest.stuck]
        journal.write(Settled(at=time.time()))
        await inspect_system(found(system), journal)
    verdict = judge(read_history(history))
    report.verdicts["rotation"] = verdict.as_json()
    report.expect("findings of the checker", found=len(verdict.findings), wanted=0)
    failed = Counter(record.why for _, record in read(history) if isinstance(record, Unanswered))
    report.expect("requests that failed", found=dict(failed), wanted={})


async def _rotate(rolling: RollingSystem, journal: Journal, report: Report, console: Console) -> None:
    """All steps, with the load going on from the first to the last."""
    system, chance = rolling.system, random.Random("rotation")  # noqa: S311 -- a load, not a secret
    async with Caller(system.apis, found(system), journal, chance=chance) as caller:
        load = Load(caller, chance, rate=RATE, seconds=LIFE_SECONDS)
        loading = asyncio.create_task(load.run())
        try:
            for name, step in STEPS.items():
                with report.step(name, console):
                    await step(rolling)
        finally:
            load.close()
            await asyncio.wait_for(loading, DRAIN_SECONDS)
        report.expect_some("commands acknowledged", caller.acknowledged)
        report.figures["commands refused by a rule"] = caller.refused


if __name__ == "__main__":
    sys.exit(main())
