"""The history file: what was written is read again, a crash keeps what was written, a bad line is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.history import Answered, BadLine, Journal, Record, command_of, read, traceparent
from tests.chaos.planted.scenarios import full_scenario

SOME = Answered(at=1.5, id="a", status=201, result={"position": None, "version": 2, "state": "confirmed"})


def test_what_was_written_is_read_again_in_order(tmp_path: Path) -> None:
    records = full_scenario()
    with Journal(tmp_path / "history.jsonl") as journal:
        assert journal.extend(records) == len(records)
    assert list(read(tmp_path / "history.jsonl")) == list(enumerate(records, 1))


def test_a_record_is_in_the_file_before_write_returns(tmp_path: Path) -> None:
    with Journal(tmp_path / "history.jsonl") as journal:
        journal.write(SOME)
        assert list(read(tmp_path / "history.jsonl")) == [(1, SOME)]


def test_a_line_that_a_crash_has_cut_is_passed_over_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"")
    for _ in range(2):
        with Journal(path) as journal:
            journal.write(SOME)
        path.write_bytes(path.read_bytes() + b'{"kind":"answ')
    assert list(read(path)) == [(1, SOME), (2, SOME)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "Invalid JSON"),
        ("[]", "Input should be"),
        ('{"kind": "rumour"}', "does not match any of the expected tags"),
        ('{"kind": "outbox", "service": "archive", "pending": 0}', "outbox/parked: Field required"),
        ('{"kind": "outbox", "service": "archive", "pending": "0", "parked": 0}', "outbox/pending: Input should be"),
        ('{"kind": "settled", "at": 1.0, "name": "somebody"}', "settled/name: Unexpected keyword argument"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "history.jsonl"
    with Journal(path) as journal:
        journal.write(SOME)
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    with pytest.raises(BadLine, match=f"{path}:2: .*{said}"):
        list(read(path))


@given(st.uuids())
def test_the_trace_of_a_command_leads_back_to_it(command: object) -> None:
    assert command_of(traceparent(str(command))) == str(command)


@pytest.mark.parametrize("header", [None, "", "00", "00-nonsense-1-01"])
def test_no_trace_leads_to_no_command(header: str | None) -> None:
    assert command_of(header) == ""


def test_records_are_equal_by_their_members() -> None:
    again: Record = Answered(at=1.5, id="a", status=201, result=dict(SOME.result))
    assert again == SOME
