"""The supervisor: what ends is started again, unless a fault holds it down; what a fault has set stays set."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.processes import Processes, Program
from deploy.local.system import System
from tests.chaos.supervisor import Supervisor

NAME = "sleeper"
SLEEPING = "import time; time.sleep(60)"


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A system of one program, without servers."""
    system = System(tmp_path)
    program = Program(
        name=NAME, argv=[sys.executable, "-c", SLEEPING], log=tmp_path / "log", environment={"HOME": str(tmp_path)}
    )
    with Processes(tmp_path) as processes:
        system.stack.processes = processes
        system.add(program, probe="")
        yield system


async def until(held: Callable[[], bool]) -> None:
    """Return once it holds; the test's own time limit ends a wait for ever."""
    while True:
        if held():
            return
        await asyncio.sleep(0.05)


async def killed_and_back(system: System) -> None:
    """Killed, and started again by somebody else."""
    before = system.running[NAME].pid
    system.running[NAME].kill()
    await until(lambda: system.running[NAME].pid != before)


async def test_a_program_that_was_killed_is_started_again(system: System) -> None:
    supervisor = Supervisor(system)
    watching = asyncio.create_task(supervisor.watch())
    await killed_and_back(system)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert (supervisor.missing(), supervisor.launches[NAME]) == ([], 1)


async def test_a_program_that_a_fault_holds_down_stays_down(system: System) -> None:
    supervisor = Supervisor(system)
    watching = asyncio.create_task(supervisor.watch())
    with supervisor.paused(NAME):
        system.running[NAME].kill()
        await asyncio.sleep(1.0)
        assert (supervisor.missing(), supervisor.launches[NAME]) == ([NAME], 0)
    await until(lambda: not supervisor.missing())
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_a_program_wears_what_it_was_dressed_in_until_it_is_undressed(system: System) -> None:
    supervisor = Supervisor(system)
    watching = asyncio.create_task(supervisor.watch())
    worn = []
    for set_environment in ({"FAKETIME": "+86400"}, {}):
        supervisor.set_environment(NAME, **set_environment)
        await killed_and_back(system)
        worn.append(system.running[NAME].program.environment)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert [(each or {}).get("FAKETIME") for each in worn] == ["+86400", None]
