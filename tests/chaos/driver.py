"""Carries out a schedule: each fault at its time, done, written down, undone; one that cannot be done is no silence."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from tests.chaos.faults import BREAKS
from tests.chaos.history import Fault
from tests.chaos.probe import Prober
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed

_LONGEST_SECONDS = 900.0
"""How long doing and undoing a fault may take beyond its own time."""

Say = Callable[[str], None]


class Driver:
    """Strikes; `done` counts faults by kind, `undone` says which could not be carried out, and why."""

    def __init__(self, testbed: Testbed, prober: Prober, say: Say) -> None:
        self.done: Counter[str] = Counter()
        self.undone: list[str] = []
        self._testbed = testbed
        self._prober = prober
        self._say = say

    async def run(self, planned: Sequence[Planned]) -> None:
        """All faults, each at its time from now; returns when the last is undone."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in planned:
                await asyncio.sleep(begun + fault.at - time.monotonic())
                group.create_task(self._strike(fault))

    async def _strike(self, fault: Planned) -> None:
        self._say(f"#{fault.number} {fault.kind} {fault.target} {fault.seconds:g} s")
        self._note(fault, "begun")
        self._testbed.struck[fault.target] += 1
        try:
            async with asyncio.timeout(fault.seconds + _LONGEST_SECONDS):
                async with BREAKS[fault.kind](self._testbed, fault):
                    await asyncio.sleep(fault.seconds)
        except Exception as error:  # noqa: BLE001 -- the run goes on, and the report tells
            self.undone.append(f"#{fault.number} {fault.kind} {fault.target}: {type(error).__name__}: {error}")
        else:
            self.done[fault.kind] += 1
        self._testbed.struck[fault.target] -= 1
        self._note(fault, "ended")
        self._prober.ended(fault)

    def _note(self, fault: Planned, phase: Literal["begun", "ended"]) -> None:
        self._testbed.journal.write(
            Fault(at=time.time(), number=fault.number, fault=fault.kind, target=fault.target, phase=phase)
        )
