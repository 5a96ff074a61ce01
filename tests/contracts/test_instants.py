"""Moments: whatever is taken can be stored, and read again from an event, in UTC."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.base import Instant

MOMENT: TypeAdapter[Instant] = TypeAdapter(Instant)


@pytest.mark.parametrize(
    "text",
    [
        "1900-01-01T00:00:00+14:00",
        "2199-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1899-12-31T23:59:59Z",
    ],
)
def test_a_moment_that_leaves_its_years_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_json(f'"{text}"')


@pytest.mark.parametrize(
    "text", ["1900-01-01T00:00:00-14:00", "2199-12-31T23:59:59+14:00", "2022-09-19T08:30:00+07:00"]
)
def test_a_moment_that_is_taken_is_taken_again(text: str) -> None:
    moment = MOMENT.validate_json(f'"{text}"')
    assert MOMENT.validate_json(MOMENT.dump_json(moment)) == moment
