"""Every committed fact takes effect exactly once and in order, whatever dies, stops or is cut off."""

import os
import subprocess
import sys

import pytest

from tests.model.mutants import MOST_SEEDS, TRUE
from tests.model.scheduler import simulate

pytestmark = pytest.mark.usefixtures("silence")

_REPLAY = """
import structlog
from tests.model.mutants import TRUE
from tests.model.scheduler import simulate
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
for world in TRUE.values():
    _, loop = simulate(3, world)
    print(loop.steps, loop.trace)
"""


@pytest.mark.parametrize("part", TRUE)
def test_the_promise_is_kept(part: str) -> None:
    broken = {seed: findings for seed in range(MOST_SEEDS) if (findings := simulate(seed, TRUE[part])[0])}
    assert broken == {}


@pytest.mark.parametrize("part", TRUE)
def test_a_run_is_replayed_step_by_step_from_its_seed(part: str) -> None:
    first, second = (simulate(11, TRUE[part])[1] for _ in range(2))
    assert (first.trace, first.steps) == (second.trace, second.steps)


def test_a_run_is_the_same_in_every_interpreter() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", _REPLAY],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    ]
    assert said[0] == said[1]
