"""Writes days and times of meetings in the time zone of Laos, in both languages."""

from datetime import datetime
from typing import Final

from services.portal.web.languages import Language
from shared.kernel import OFFICE_ZONE
from shared.lao import clock_time, long_date

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _local(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(OFFICE_ZONE)


def day(instant: str, language: Language) -> str:
    """The day of an instant (RFC 3339): `19 ກັນຍາ 2022`, `19 September 2022`."""
    at = _local(instant)
    return long_date(at.date()) if language == "lo" else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _time(at: datetime, language: Language) -> str:
    return clock_time(at) if language == "lo" else f"{at:%H:%M}"


def moment(instant: str, language: Language) -> str:
    """Day and time of an instant."""
    return f"{day(instant, language)}, {_time(_local(instant), language)}"


def period(start: str, end: str, language: Language) -> str:
    """From when until when: the day is said once if it is the same."""
    first, last = _local(start), _local(end)
    if first.date() != last.date():
        return f"{moment(start, language)} – {moment(end, language)}"
    return f"{day(start, language)}, {first:%H:%M} – {_time(last, language)}"
