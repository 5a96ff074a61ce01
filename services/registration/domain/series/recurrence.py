"""On which days a meeting takes place again, by a rule of RFC 5545 (RRULE)."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from services.registration.domain.series.refusals import RecurrenceInvalid, SeriesEmpty

LONGEST_RULE: Final = 200
MOST: Final = 52
"""Meetings of a series, the first one included."""
LONGEST: Final = relativedelta(years=2)
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
NUMBER: Final = re.compile(r"[1-9][0-9]{0,7}")
PARTS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})


def recurrences(rule: str, *, first: datetime, zone: ZoneInfo, leaving: Collection[date] = ()) -> Sequence[datetime]:
    """When the meetings after the `first` begin: at the same time of day in `zone`, but not on the days of `leaving`.

    `COUNT` counts the days of the rule: the first meeting where its day is one of them, and those that are left out.
    Nothing is more than two years after the first meeting. Raises `RecurrenceInvalid`, `SeriesEmpty`.
    """
    parts = _parts(rule)
    count = _number(parts.pop("COUNT", None), name="COUNT")
    if count and count > MOST:
        raise RecurrenceInvalid(field="/rule", why=f"COUNT: at most {MOST}")
    begun = first.astimezone(zone)
    days = list(islice(_days(parts, begun.replace(tzinfo=None)), count or MOST + 1))
    if len(days) > MOST:
        raise RecurrenceInvalid(field="/rule", why=f"more than {MOST} dates: say COUNT or UNTIL")
    found = [day.replace(tzinfo=zone) for day in days if day.replace(tzinfo=zone) > begun and day.date() not in leaving]
    if not found:
        raise SeriesEmpty(field="/rule")
    return found


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";")]
    parts = {name: value for name, _, value in pairs}
    if unknown := sorted(parts.keys() - PARTS):
        raise RecurrenceInvalid(field="/rule", why=f"not known: {', '.join(unknown)[:100]}")
    if len(parts) < len(pairs) or not all(parts.values()):
        raise RecurrenceInvalid(field="/rule", why="each part has a value, and stands there once")
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecurrenceInvalid(field="/rule", why=f"FREQ is one of {', '.join(FREQUENCIES)}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceInvalid(field="/rule", why="COUNT or UNTIL, not both")
    return parts


def _number(value: str | None, *, name: str) -> int | None:
    if value is None:
        return None
    if not NUMBER.fullmatch(value):
        raise RecurrenceInvalid(field="/rule", why=f"{name} is a number from 1")
    return int(value)


def _days(parts: Mapping[str, str], begun: datetime) -> Iterator[datetime]:
    """The days in order, `begun` among them where the rule has it; the end of two years bounds every search."""
    _number(parts.get("INTERVAL"), name="INTERVAL")
    latest = begun + LONGEST
    until = _until(parts["UNTIL"]) if "UNTIL" in parts else latest
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    try:
        rule = rrulestr(f"{text};UNTIL={min(until, latest):%Y%m%dT%H%M%S}", dtstart=begun)
    except ValueError as error:
        raise RecurrenceInvalid(field="/rule", why=str(error)[:100]) from None
    return iter(rule)


def _until(value: str) -> datetime:
    """The end of its day, whatever time of day is written."""
    try:
        return datetime.strptime(value[:8], "%Y%m%d").replace(hour=23, minute=59, second=59)  # noqa: DTZ007 -- a local day
    except ValueError:
        raise RecurrenceInvalid(field="/rule", why="UNTIL is a day: 20231231") from None
