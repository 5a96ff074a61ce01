"""Made-up meetings and people, as many as are wanted; nobody of them exists."""

from itertools import count
from typing import Any, Final

from tests.chaos.caller import BODY

STARTS_AT: Final = "2022-09-19T08:30:00+07:00"
CHECKED_IN_AT: Final = "2022-09-19T08:10:00+07:00"
ENDS_AT: Final = "2022-09-19T12:00:00+07:00"
EXPIRES_AT: Final = "2099-12-31T17:00:00+07:00"
MOST_SEATS: Final = 200
PERSON_NUMBERS: Final = count(1)
"""The numbers of the people who have not been used yet."""


def person_of(number: int) -> dict[str, Any]:
    """Somebody who does not exist; the last digits of his telephone decide the fate of his messages."""
    return {
        "given_name": f"ທົດລອງ{number}",
        "rank": 60,
        "mobile": f"020 5{number:07d}",
        "email": f"somebody-{number}@example.la",
        "fictitious": True,
    }


def invitation_of() -> dict[str, Any]:
    """Of the body, with more seats than any meeting has; its contact does not exist either."""
    contact = person_of(next(PERSON_NUMBERS))
    return {"organisation": BODY, "seats": MOST_SEATS, "expires_at": EXPIRES_AT, "contact": contact}


def meeting_of(capacity: int) -> dict[str, Any]:
    return {
        "title": {"lo": "ກອງປະຊຸມທົດລອງ"},
        "venue": {"lo": "ຫ້ອງປະຊຸມ 1"},
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "organiser": BODY,
        "chair": person_of(next(PERSON_NUMBERS)),
        "capacity": capacity,
    }
