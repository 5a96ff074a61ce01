"""Every decision record has the same form, and the list of them is complete."""

from pathlib import Path

import pytest

from tests.architecture.decisions import RECORDS, listed, row
from tests.architecture.guide import advice


@pytest.mark.parametrize("record", RECORDS, ids=[record.stem for record in RECORDS])
def test_a_record_is_listed_as_it_is(record: Path) -> None:
    assert row(record) in listed(), advice("decision_records", row(record))


def test_no_other_record_is_listed_and_none_twice() -> None:
    assert listed() == [row(record) for record in RECORDS], advice("decision_records")


def test_a_number_belongs_to_one_record() -> None:
    numbers = [record.name.partition("-")[0] for record in RECORDS]
    assert numbers == sorted(set(numbers)), advice("decision_records")


def test_a_record_without_the_form_is_refused(tmp_path: Path) -> None:
    record = tmp_path / "0099-example.md"
    record.write_text("# 0099 Example\n\n2026-11-26 · accepted\n\n**Question.** Why?\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"0099-example\.md: a record has a number, title, date, status"):
        row(record)
