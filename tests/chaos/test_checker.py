"""The checker: no true history is refused, and each way of going wrong is found by the rule that is meant for it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaos.checker import RULES, judge, read_history
from tests.chaos.checker.history_index import index_records
from tests.chaos.history import Answered, Effect, Fault, Invoked, Journal, Record, Unanswered
from tests.chaos.planted.defects import DEFECTS, Defect
from tests.chaos.planted.editable_history import EditableHistory
from tests.chaos.planted.scenarios import ACTIONS, any_scenario, full_scenario
from tests.chaos.planted.seat_defects import SEAT_DEFECTS
from tests.chaos.planted.simulated_system import Delivery

STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 10_000), st.sampled_from(Delivery)), min_size=1, max_size=60
)


def broken(records: Iterable[Record]) -> set[str]:
    """The rules that a history breaks."""
    return {finding.rule for finding in judge(index_records(enumerate(records, 1))).findings}


def write(path: Path, records: Iterable[Record]) -> Path:
    with Journal(path) as journal:
        journal.extend(records)
    return path


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_no_true_history_is_refused(steps: list[tuple[str, int, Delivery]]) -> None:
    assert judge(index_records(enumerate(any_scenario(steps), 1))).findings == []


def test_a_true_day_with_everything_in_it_is_not_refused() -> None:
    assert judge(index_records(enumerate(full_scenario(), 1))).findings == []


@pytest.mark.parametrize("wrong", DEFECTS, ids=lambda wrong: wrong.name)
def test_what_is_wrong_is_found_by_the_rule_that_is_meant(wrong: Defect) -> None:
    history = EditableHistory(full_scenario())
    wrong.plant(history)
    assert broken(history.records) == set(wrong.rules)


@pytest.mark.parametrize(("rule", "records"), SEAT_DEFECTS.values(), ids=SEAT_DEFECTS)
def test_wrong_seats_are_found_by_telling_the_meeting_again(rule: str, records: Callable[[], list[Record]]) -> None:
    assert broken(records()) == {rule}


def test_every_rule_is_meant_by_some_wrong() -> None:
    meant = {wrong.rules[0] for wrong in DEFECTS} | {rule for rule, _ in SEAT_DEFECTS.values()}
    assert meant == {rule.name for rule in RULES}


def one_of_each_kind() -> list[Record]:
    """A record of every kind, service, table and type that only faults and answers can do without."""
    day = full_scenario()
    repeated = {fact.event_id for fact in index_records(enumerate(day, 1)).repeats}
    found: dict[tuple[object, ...], Record] = {}
    for record in day:
        if isinstance(record, Answered | Unanswered | Fault) or getattr(record, "event_id", "") in repeated:
            continue
        if isinstance(record, Effect) and record.columns.get("state") == "cancelled":
            continue  # whether he was known already when he was to be told, nobody can say
        if getattr(record, "table", "") == "number_series":
            continue  # the numbers themselves say the same
        names = ("service", "table", "what", "type", "outcome", "channel")
        found.setdefault((record.kind, *(getattr(record, name, None) for name in names)), record)
    return list(found.values())


def test_every_line_of_a_witness_is_needed() -> None:
    day = full_scenario()
    spare = [record for record in one_of_each_kind() if not broken(each for each in day if each != record)]
    assert spare == []


def test_a_finding_names_the_lines_that_prove_it(tmp_path: Path) -> None:
    history = EditableHistory(full_scenario())
    first = history.first(Answered, status=201)
    history.add(Answered(at=99.0, id=first.id, status=409, result={"code": "MeetingFull"}))
    path = write(tmp_path / "history.jsonl", history.records)
    [finding] = judge(read_history(path)).findings
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [lines[number - 1]["status"] for number in finding.lines] == [201, 409]


def test_the_program_says_yes_with_0_no_with_1_and_no_history_with_2(tmp_path: Path) -> None:
    wrong = EditableHistory(full_scenario())
    DEFECTS[0].plant(wrong)
    paths = [
        write(tmp_path / "true.jsonl", full_scenario()),
        write(tmp_path / "wrong.jsonl", wrong.records),
        tmp_path / "none.jsonl",
    ]
    argv = [sys.executable, "-m", "tests.chaos.checker"]
    done = [subprocess.run([*argv, str(path), "--json"], capture_output=True, check=False) for path in paths]
    assert [each.returncode for each in done] == [0, 1, 2]
    assert [json.loads(each.stdout)["broken"] for each in done[:2]] == [{}, {"history-incomplete": 1}]


def test_the_verdict_is_printed_with_its_findings(tmp_path: Path) -> None:
    wrong = EditableHistory(full_scenario())
    DEFECTS[0].plant(wrong)
    path = write(tmp_path / "wrong.jsonl", wrong.records)
    argv = [sys.executable, "-m", "tests.chaos.checker", str(path)]
    printed = subprocess.run(argv, capture_output=True, check=False, text=True).stdout
    assert "  history: no line witnessed" in printed.splitlines()


def test_figures_are_counted() -> None:
    figures = judge(index_records(enumerate(full_scenario(), 1))).figures
    assert (figures.commands, figures.acknowledged, figures.refused, figures.never_answered) == (50, 46, 2, 2)
    assert (figures.lost, figures.duplicated, figures.reordered, figures.overbooked, figures.number_gaps) == (0,) * 5
    assert (figures.facts, figures.repeated_on_bus, figures.poisons) == (223, 32, 1)


def test_a_stall_lasts_while_somebody_waits_and_nobody_is_answered() -> None:
    moments = {"a": 0.0, "b": 50.0, "c": 52.0}
    a, b, c = (
        Invoked(at=at, id=name, service="registration", command="register", target="m") for name, at in moments.items()
    )
    records: list[Record] = [
        a,
        Answered(at=1.0, id="a", status=201),
        b,
        c,
        Unanswered(at=55.0, id="c", why="ReadTimeout"),
        Answered(at=57.5, id="c", status=409),
        Answered(at=58.0, id="b", status=201),
    ]
    assert judge(index_records(enumerate(records, 1))).figures.longest_stall_s == 7.5


def test_recovery_counts_from_the_end_of_a_fault() -> None:
    faults: list[Record] = [
        Fault(at=1.0, number=1, fault="kill", target="a", phase="begun"),
        Fault(at=3.0, number=1, fault="kill", target="a", phase="ended"),
        Fault(at=3.5, number=2, fault="kill", target="b", phase="begun"),
        Fault(at=4.0, number=2, fault="kill", target="b", phase="ended"),
        Fault(at=5.0, number=1, fault="kill", target="a", phase="recovered"),
    ]
    recovery = judge(index_records(enumerate(faults, 1))).figures.recovery_s["kill"]
    assert (recovery.faults, recovery.recovered, recovery.median_s, recovery.longest_s) == (2, 1, 2.0, 2.0)
