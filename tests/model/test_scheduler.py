"""The scheduler: one seed, one run; time costs nothing; a process can be killed or stopped between any two steps."""

import asyncio
import subprocess
import sys

import pytest

from shared.contracts.ids import new_id
from tests.model.scheduler import Scheduler, Stuck, simulate


async def _race(loop: Scheduler) -> str:
    """Three runners who step in the order of the seed."""

    async def run(name: str) -> None:
        for step in range(4):
            await asyncio.sleep(0)
            loop.note(f"{name}{step}")

    await asyncio.gather(*(run(name) for name in "abc"))
    return str(new_id())


def orders(seeds: range) -> set[tuple[str, ...]]:
    return {tuple(what for _, what in simulate(seed, _race)[1].trace) for seed in seeds}


def test_one_seed_is_one_run() -> None:
    first, second = simulate(7, _race), simulate(7, _race)
    assert (first[0], first[1].trace, first[1].steps) == (second[0], second[1].trace, second[1].steps)


def test_one_seed_is_one_run_in_every_interpreter() -> None:
    script = "from tests.model.test_scheduler import _race, simulate; r, l = simulate(7, _race); print(r, l.trace)"
    said = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": salt}, capture_output=True, text=True, check=True
        ).stdout
        for salt in ("1", "2")
    }
    result, loop = simulate(7, _race)
    assert said == {f"{result} {loop.trace}\n"}


def test_other_seeds_are_other_orders_and_each_task_keeps_its_own() -> None:
    found = orders(range(20))
    assert len(found) == 20
    assert {tuple(step for step in order if step[0] == "b") for order in found} == {("b0", "b1", "b2", "b3")}


def test_an_hour_passes_at_once_and_exactly() -> None:
    async def sleeps(loop: Scheduler) -> float:
        await asyncio.gather(asyncio.sleep(3_600), asyncio.sleep(1_800))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        return loop.time()

    assert simulate(1, sleeps)[0] == 3_605.0


def test_who_waits_for_nothing_is_found() -> None:
    async def waits(_: Scheduler) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        simulate(1, waits)


def test_a_process_can_be_killed_between_any_two_of_its_steps_and_cleans_nothing_up() -> None:
    async def body(loop: Scheduler) -> tuple[int, bool]:
        done: list[int] = []
        cleaned: list[str] = []

        async def works() -> None:
            try:
                for step in range(5):
                    await asyncio.create_task(asyncio.sleep(0.1))  # a child dies with it
                    done.append(step)
            finally:
                cleaned.append("up")

        process = loop.start("worker", works(), hazard=0.1)
        await asyncio.sleep(10)
        return len(done), process.killed == (not cleaned)

    found = [simulate(seed, body)[0] for seed in range(100)]
    assert ({steps for steps, _ in found}, {fair for _, fair in found}) == ({0, 1, 2, 3, 4, 5}, {True})


def test_a_stopped_process_finds_the_time_gone_by() -> None:
    async def body(loop: Scheduler) -> list[float]:
        seen: list[float] = []

        async def ticks() -> None:
            for _ in range(3):
                await asyncio.sleep(1)
                seen.append(loop.time())

        process = loop.start("clock", ticks())
        await asyncio.sleep(1.5)
        loop.stop_process(process)
        await asyncio.sleep(10)
        loop.continue_process(process)
        await asyncio.sleep(5)
        return seen

    assert simulate(3, body)[0] == [1.0, 11.5, 12.5]
