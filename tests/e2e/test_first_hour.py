"""The page of the first hour, a whole meeting with curl: each command works, and the answers are as shown."""

import pytest

from tests.e2e.first_hour import FirstHour
from tests.e2e.page_commands import differences, steps_of

pytestmark = pytest.mark.timeout(400)

TOLD = [
    "chair_named",
    "co_host_named",
    "declined",
    "delegated",
    "invitation",
    "minutes_signed",
    "promoted",
    "registered",
    "represented",
    "rescheduled",
    "waitlisted",
    "withdrawn",
]
PAGE = """
```
for people only
```
```sh
ask
```
```json
{"state": "draft", "items": [{"number": "1"}]}
```
```text
the … of the line
```
"""
ANSWER = '{\n "state": "draft",\n "items": [{"number": "1", "more": 0}, {}]\n}\nthe end of the line\n'


def test_every_command_of_the_page_works(first_hour: FirstHour) -> None:
    page_run = first_hour.page_run
    assert page_run.exit_code == 0, (
        f"after {first_hour.steps[len(page_run.outputs) - 1]}: {page_run.outputs[-1]}{page_run.errors}"
    )
    assert len(page_run.outputs) == len(first_hour.steps) + 1


def test_the_answers_are_as_the_page_shows_them(first_hour: FirstHour) -> None:
    pairs = zip(first_hour.steps, first_hour.page_run.outputs, strict=False)  # fewer where a command has failed
    assert [each for step, output in pairs for each in differences(step, output)] == []


def test_the_services_say_at_the_end_what_was_done(first_hour: FirstHour) -> None:
    assert first_hour.outcome == {
        "meeting": "held",
        "figures": {"declined": 1, "represented": 1, "withdrawn": 1, "promoted": 1, "present": 3},
        "refused": {"already-in": 1},
        "minutes": ("filed", "0001/ຕສ", 2),
        "written": (2, 1, 1),
        "record": ("sealed", "0001/ຕສ", 1),
        "told": TOLD,
        "letters": [],
    }


def test_an_answer_that_differs_from_the_page_is_found() -> None:
    (step,) = steps_of(PAGE)
    found = [
        len(list(differences(step, ANSWER.replace(*change)))) for change in (("", ""), ("draft", "held"), ("1", "2"))
    ]
    assert (found, len(list(differences(step, "")))) == ([0, 1, 1], 2)
