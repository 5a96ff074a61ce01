"""A small scenario in the real system: what the inspection reads is a true history, and the checker says so."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from deploy.local.system import System
from tests.chaos.checker import judge, read_history
from tests.chaos.history import Fact, Gateway, Journal, Record, Run, Settled, Taken, read
from tests.chaos.inspection import inspect_system
from tests.chaos.scenario import CAPACITY, run_scenario


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of the scenario, with what the inspection read."""
    folder = tmp_path_factory.mktemp("inspected")
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o711)  # PostgreSQL's own user may enter
    addresses, path = folder / "stack.json", folder / "history.jsonl"
    with System(folder / "run", fresh=True, address_file=addresses) as system, Journal(path) as journal:
        system.start()
        found = json.loads(addresses.read_text(encoding="utf-8"))
        journal.write(Run(at=time.time(), seed=0, minutes=0.0))
        run_scenario(found, journal)
        journal.write(Settled(at=time.time()))
        asyncio.run(inspect_system(found, journal))
    return path


def test_the_history_of_the_scenario_is_true(recorded: Path) -> None:
    verdict = judge(read_history(recorded))
    assert [(finding.rule, finding.what) for finding in verdict.findings] == []
    assert verdict.figures.acknowledged == verdict.figures.commands - 1  # the second registration of one person


def test_everything_that_was_said_was_heard(recorded: Path) -> None:
    records: list[Record] = [record for _, record in read(recorded)]
    facts = {record.event_id for record in records if isinstance(record, Fact)}
    taken = {record.event_id for record in records if isinstance(record, Taken)}
    assert taken == facts


def test_every_seat_is_told_on_both_channels_or_one(recorded: Path) -> None:
    gateways = [record for _, record in read(recorded) if isinstance(record, Gateway)]
    assert {(each.channel, each.requests, each.accepted) for each in gateways} == {("sms", 1, 1), ("email", 1, 1)}
    assert len(gateways) > CAPACITY


def test_no_name_number_or_address_is_in_a_history(recorded: Path) -> None:
    text = recorded.read_text(encoding="utf-8")
    numbers = ("20 5555 70", "85620555570")  # as it was given, and in E.164: too long to be in an identifier by chance
    assert [word for word in ("ທົດລອງ", *numbers, "example.la", "@") if word in text] == []
