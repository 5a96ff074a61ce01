"""Types of numbers, days and moments in requests: what the published schema says, and no more than that."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, Strict
from pydantic_core import PydanticCustomError, PydanticKnownError

from shared.contracts.base import YEARS, Instant

BUDDHIST_YEAR: Final = "date_buddhist_year"
YEAR: Final = "date_year"
_YEARS_AHEAD: Final = 543  # of the Buddhist era (ພ.ສ.), before the Common Era (ຄ.ສ.)
_DAY: Final = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:")


def _whole(value: Any) -> Any:
    """An integer of JSON Schema may be written with a fraction of zero: `55.0` (draft 2020-12, 6.1.1)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: Any) -> Any:
    """A full-date of RFC 3339; pydantic alone would take numbers for days too."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticKnownError("date_type")
    return _of_a_known_year(value, int(found[1]))


def _moment(value: Any) -> Any:
    """A date-time of RFC 3339, for the same reason."""
    found = _MOMENT.match(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticKnownError("datetime_type")
    return _of_a_known_year(value, int(found[1]))


def _of_a_known_year(value: str, year: int) -> str:
    """Nobody meets in the year 1 or 9999; 2565 is most likely written in the Buddhist era, which Laos uses too."""
    if year in YEARS:
        return value
    if year - _YEARS_AHEAD in YEARS:
        raise PydanticCustomError(BUDDHIST_YEAR, "Perhaps a year of the Buddhist era")
    raise PydanticCustomError(YEAR, "The year is out of range")


IntegerInput = Annotated[int, Strict(), BeforeValidator(_whole)]
"""A whole number; neither text nor true or false."""
BooleanInput = Annotated[bool, Strict()]
"""True or false, in no other spelling."""
DayInput = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A day between 1900 and 2199 of the Common Era."""
InstantInput = Annotated[Instant, BeforeValidator(_moment, json_schema_input_type=AwareDatetime)]
"""A moment with its offset from UTC, between the same years."""
