"""One run from beginning to end: start, load and faults, settle, inspect, check, report; it never hangs."""

import asyncio
import contextlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from tests.chaos.caller import Caller
from tests.chaos.driver import Driver
from tests.chaos.history import Journal, Run, Settled
from tests.chaos.inspection import inspect_system
from tests.chaos.load import Load
from tests.chaos.probe import Prober
from tests.chaos.report import Report, durations, show
from tests.chaos.schedule import Shape, schedule
from tests.chaos.settle import settle
from tests.chaos.testbed import Testbed

START_SECONDS: Final = 600.0
DRAIN_SECONDS: Final = 90.0
"""How long commands that were sent may wait for their answers after the load has ended."""
STRIKE_SECONDS: Final = 900.0
"""How long the last faults may take to be undone: a redeploy of everything is slow on a busy machine."""
RECOVER_SECONDS: Final = 180.0
INSPECT_SECONDS: Final = 600.0
CHECK_SECONDS: Final = 600.0
_LIFE_SECONDS: Final = (40.0, 240.0)
_TELL_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; `settle` in seconds, `rate` in requests a second."""

    seed: int
    minutes: float
    shape: Shape
    rate: float
    settle: float
    folder: Path
    plan: bool = False


async def run_experiment(options: Options, console: Console) -> int:
    """Returns the exit code; the report stands in `report.json` of the folder, whatever happens."""
    experiment = _Experiment(options, console)
    deadline = threading.Timer(_longest(options), experiment.hanged)
    deadline.daemon = True
    deadline.start()
    try:
        return await experiment.run()
    finally:
        deadline.cancel()


def _longest(options: Options) -> float:
    return (
        START_SECONDS
        + options.minutes * 60
        + 10 * options.settle
        + STRIKE_SECONDS
        + INSPECT_SECONDS
        + CHECK_SECONDS
        + 600.0
    )


class _Experiment:
    def __init__(self, options: Options, console: Console) -> None:
        self.options = options
        self.console = console
        self.begun = time.monotonic()
        history = options.folder / f"history-{options.seed}.jsonl"
        options.folder.mkdir(parents=True, exist_ok=True)
        history.unlink(missing_ok=True)
        self.journal = Journal(history)
        shape = options.shape
        self.report = Report(seed=options.seed, minutes=options.minutes, history=str(history))
        self.report.topology = {"brokers": shape.brokers, "replicas": shape.replicas, "rate": options.rate}
        self.path = options.folder / "report.json"
        self._inspected = False

    def say(self, text: str) -> None:
        """One line of progress."""
        self.console.print(f"[dim]{time.monotonic() - self.begun:7.1f} s[/dim] {text}", highlight=False)

    def hanged(self) -> None:
        """The harness itself hangs: say so and end; the cleanup process stops them."""
        self.report.state = "failed"
        self.report.problems.append("the run did not end in time: the harness hangs")
        self.report.write(self.path)
        os._exit(1)

    async def run(self) -> int:
        try:
            with Testbed(self.options.folder, self.options.shape, self.journal) as testbed:
                self.report.not_possible = testbed.not_possible
                await self._on(testbed)
                await asyncio.to_thread(testbed.__exit__, None, None, None)
        except (KeyboardInterrupt, asyncio.CancelledError):
            self.report.state = "interrupted"
        except Exception as error:  # noqa: BLE001 -- the report tells it
            self.console.print_exception()
            self.report.problems.append(f"{type(error).__name__}: {error}")
        self.journal.close()
        if self.report.state == "running":
            await self._check()
        self.report.seconds = round(time.monotonic() - self.begun, 1)
        self.report.write(self.path)
        show(self.report, self.console)
        return 0 if self.report.state == "passed" else 1

    async def _on(self, testbed: Testbed) -> None:
        """Everything that needs the system."""
        self.say(f"starting {self.options.shape.brokers} brokers, {self.options.shape.replicas} of each process")
        await asyncio.wait_for(asyncio.to_thread(testbed.start), START_SECONDS)
        self.journal.write(
            Run(at=time.time(), seed=self.options.seed, minutes=self.options.minutes, topology=self.report.topology)
        )
        async with _beside(testbed.supervisor.watch()):
            await self._storm(testbed)
            self.say("settling")
            rest = await settle(testbed.system, patience=self.options.settle, say=self.say)
            self.report.stuck, self.report.put_off_s = [*rest.stuck], round(rest.put_off, 1)
            self.journal.write(Settled(at=time.time(), stuck=self.report.stuck))
            self.report.launches = dict(testbed.supervisor.launches)
            self.say("inspecting")
            await asyncio.wait_for(inspect_system(testbed.found, self.journal), INSPECT_SECONDS)
            self._inspected = True

    async def _storm(self, testbed: Testbed) -> None:
        """Load and faults, until both are over and the last fault is recovered from."""
        options = self.options
        chance = random.Random(f"load {options.seed}")  # noqa: S311 -- a load, not a secret
        shortest, longest = _LIFE_SECONDS
        life = min(longest, max(shortest, options.minutes * 60 / 3))
        async with Caller(testbed.system.apis, testbed.found, self.journal, chance=chance) as caller:
            load = Load(caller, chance, rate=options.rate, seconds=life)
            prober = Prober(caller, self.journal, lambda: testbed.unready(caller))
            driver = Driver(testbed, prober, self.say)
            tell = _again(_TELL_SECONDS, lambda: self._tell(caller, load, driver, prober))
            async with _beside(prober.run()), _beside(tell):
                await self._attack(load, driver)
                await self._recovered(prober)
            self._tell(caller, load, driver, prober)
            self.report.not_recovered = [
                f"#{each.fault.number} {each.fault.kind} {each.fault.target}: {', '.join(sorted(each.legs))}"
                for each in prober.recovery.ended.values()
            ]

    async def _attack(self, load: Load, driver: Driver) -> None:
        """The load from the first second to the last, the faults in between."""
        options = self.options
        planned = schedule(options.seed, options.minutes, options.shape)
        loading = asyncio.create_task(load.run())
        striking = asyncio.create_task(driver.run(planned))
        try:
            await asyncio.sleep(options.minutes * 60)
            load.close()
            self.say("the load ends")
            await asyncio.wait({striking}, timeout=STRIKE_SECONDS)
            await asyncio.wait({loading}, timeout=DRAIN_SECONDS)
            if loading.done() and (error := loading.exception()):
                self.report.problems.append(f"load: {type(error).__name__}: {error}")
        finally:
            for task in (striking, loading):
                task.cancel()
            await asyncio.gather(striking, loading, return_exceptions=True)

    async def _recovered(self, prober: Prober) -> None:
        until = time.monotonic() + RECOVER_SECONDS
        while time.monotonic() < until:
            if not prober.recovery.ended:
                return
            await asyncio.sleep(0.5)

    def _tell(self, caller: Caller, load: Load, driver: Driver, prober: Prober) -> None:
        report = self.report
        report.faults = dict(sorted(driver.done.items()))
        report.not_carried_out = driver.undone
        report.recovery_s = durations(prober.recovery.seconds)
        report.seen_s = durations(prober.seen)
        report.load = {
            "acknowledged_commands": caller.acknowledged,
            "refused_commands": caller.refused,
            "tries": caller.tries,
            "defects": caller.defects,
            "meetings_held": load.lives,
            "probes": prober.sent,
        }
        report.write(self.path)
        waiting, unready = len(prober.recovery.ended), ", ".join(prober.unready)
        self.say(
            f"{caller.acknowledged} acknowledged, {caller.refused} refused, {caller.tries} tries,"
            f" {sum(driver.done.values())} faults, {waiting} not recovered from yet {unready}"
        )

    async def _check(self) -> None:
        """The checker is a program of its own: it has the history and nothing else."""
        if self._inspected:  # also where something else went wrong: the history is whole
            self.say("checking")
            await self._judge()
        wrong = self.report.problems or self.report.stuck or self.report.not_carried_out or self.report.not_recovered
        self.report.state = "failed" if wrong else "passed"

    async def _judge(self) -> None:
        argv = [sys.executable, "-m", "tests.chaos.checker", self.report.history, "--json"]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*argv, stdout=pipe, stderr=pipe)
        try:
            output, complaint = await asyncio.wait_for(process.communicate(), CHECK_SECONDS)
        except TimeoutError:
            process.kill()
            self.report.problems.append("the checker did not end in time")
            return
        if output:
            verdict: dict[str, Any] = json.loads(output)
            self.report.verdict = {name: value for name, value in verdict.items() if name not in {"recovery_s", "seed"}}
        if process.returncode:
            said = complaint.decode(errors="replace").strip()
            self.report.problems.append(f"the checker says no (exit code {process.returncode}) {said}".rstrip())


@contextlib.asynccontextmanager
async def _beside(work: Awaitable[None]) -> AsyncIterator[None]:
    """Something that goes on for as long as the block lasts."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _again(seconds: float, act: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(seconds)
        act()
