"""The work of every function on text of strangers is in proportion to its length; a new one is a new line here."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from shared.lao import line_breaks, normalise, parse_digits, search_key, with_break_opportunities
from tests.hostile.cost import MOST_GROWTH, growth


class Case(NamedTuple):
    """A function, and how a hard input of about so many characters is made."""

    call: Callable[[Any], object]
    make: Callable[[int], Any]
    length: int = 4_000


def repeated(piece: str, *, start: str = "", end: str = "") -> Callable[[int], str]:
    """Inputs that repeat one piece."""
    return lambda length: start + piece * (length // len(piece)) + end


MIXED_MARKS = repeated("\u0eb4\u0334", start="ກ\u0ec8")
UNSORTED_MARKS = repeated("\u0315\u0301\u0334", start="a")
HALF_WIDTH_MARKS = repeated("\uff9e\u0334", start="a")
TONES = repeated("\u0ec8\u0eb8", start="ກ")

CASES = {
    "normalise: signs and marks": Case(normalise, MIXED_MARKS),
    "normalise: unsorted marks": Case(normalise, UNSORTED_MARKS),
    "normalise: marks of two parts": Case(normalise, repeated("\u0f73\u0344")),
    "normalise: Lao signs alone": Case(normalise, TONES),
    "normalise: Thai signs": Case(normalise, repeated("\u0e34\u0e48", start="ກ")),
    "search_key: signs and marks": Case(search_key, MIXED_MARKS),
    "search_key: marks by compatibility": Case(search_key, HALF_WIDTH_MARKS),
    "search_key: ligatures": Case(search_key, repeated("\ufdfa")),
    "search_key: spaces": Case(search_key, repeated(" ກ ", start="ກ")),
    "line_breaks": Case(line_breaks, repeated("ະ")),
    "with_break_opportunities": Case(with_break_opportunities, repeated("ກະ")),
    "parse_digits": Case(parse_digits, repeated("\u0ed0")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_work_grows_with_the_length_and_no_faster(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    case = CASES[name]
    measured = growth(case.call, case.make, length=case.length)
    record_property("growth", round(measured, 2))
    assert measured < MOST_GROWTH
