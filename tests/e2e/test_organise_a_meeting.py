"""The page on organising a meeting, followed on a running system after the beginning of the first hour."""

from pathlib import Path

import pytest

from deploy.local.system import System
from tests.architecture.source import ROOT
from tests.e2e.first_hour import PAGE as FIRST_HOUR
from tests.e2e.first_hour import FirstHour
from tests.e2e.page_commands import PageRun, Step, differences, run_steps, steps_of

pytestmark = pytest.mark.timeout(400)

PAGE = ROOT / "docs" / "howto" / "organise-a-meeting.md"
PREPARED = "\n## 3. "
"""Where in the first hour the sections end that this page asks for."""


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    before = FIRST_HOUR.read_text(encoding="utf-8").partition(PREPARED)[0]
    return [*steps_of(before), *steps_of(PAGE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def page_run(steps: list[Step], system: System, first_hour: FirstHour, checkout: Path) -> PageRun:  # noqa: ARG001 -- after the first hour, whose page counts what is there
    return run_steps(steps, folder=checkout)


def test_every_command_of_the_page_works(steps: list[Step], page_run: PageRun) -> None:
    last = steps[min(len(page_run.outputs), len(steps)) - 1]
    assert page_run.exit_code == 0, f"after {last}: {page_run.outputs[-1]}{page_run.errors}"
    assert len(page_run.outputs) == len(steps) + 1


def test_the_answers_are_as_the_page_shows_them(steps: list[Step], page_run: PageRun) -> None:
    pairs = zip(steps, page_run.outputs, strict=False)  # fewer where a command has failed
    assert [each for step, output in pairs for each in differences(step, output)] == []
