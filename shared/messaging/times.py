"""Parses the times in Kafka records: RFC 3339 in all its forms, and Kafka's milliseconds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_SPELLINGS: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})((?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))", re.ASCII
)


def read_rfc3339(value: str) -> datetime:
    """The time with its UTC offset; raises `ValueError` with a message that is safe to store."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = _rare(value)
    if moment.tzinfo is None:
        raise ValueError("time has no zone")
    if not 1 < moment.year < 9999:  # noqa: PLR2004 -- in the first and last year a change of offset may overflow
        raise ValueError("time is out of range")
    return moment


def _rare(value: str) -> datetime:
    """Forms of RFC 3339 §5.6 that Python does not parse: lower-case letters, and a leap second (the one after :59)."""
    found = _SPELLINGS.fullmatch(value)
    if found is None:
        raise ValueError("time is not RFC 3339")
    day, minute, second, rest = found.groups()
    leap = second == "60"
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:{'59' if leap else second}{rest.upper()}")
        return moment + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        raise ValueError("time is not RFC 3339") from None


def from_milliseconds(value: int) -> datetime:
    """The time of a Unix time in milliseconds; raises `ValueError` if it is none, as in a record without one (-1)."""
    try:
        moment = datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.min.replace(tzinfo=UTC)
    if value < 0 or not 1 < moment.year < 9999:  # noqa: PLR2004 -- as above
        raise ValueError("neither the event nor its record has a time")
    return moment
