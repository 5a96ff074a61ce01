"""A meeting as a form has it, and as registration takes it; what of it is wrong, registration says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.portal.web.forms import Sent
from shared.kernel import OFFICE_ZONE
from shared.lao import parse_digits

_OFFSET: Final = "+07:00"  # of the office's time zone, which has no summer time
POLICIES: Final = ("open", "by-invitation", "with-approval")


def change_of(sent: Sent) -> dict[str, Any]:
    """What may be changed of a meeting without moving it."""
    return {
        "title": _bilingual(sent, "title"),
        "purpose": sent.get("purpose") if sent.get("purpose").strip() else None,
        "capacity": _number(sent.get("capacity")),
        "policy": sent.get("policy") or "open",
    }


def schedule_of(sent: Sent) -> dict[str, Any]:
    """Time and place."""
    return {
        "starts_at": moment_of(sent, "starts_at"),
        "ends_at": moment_of(sent, "ends_at"),
        "venue": _bilingual(sent, "venue"),
    }


def instant_of(text: str) -> datetime | None:
    """The moment of a text, in the time zone of the office; None if it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(OFFICE_ZONE)
    except (ValueError, OverflowError):
        return None


def sent_meeting(meeting: Mapping[str, Any]) -> Sent:
    """A meeting as its form would send it unchanged."""
    fields = {
        "version": str(meeting["version"]),
        "title-lo": meeting["title"]["lo"],
        "title-en": meeting["title"]["en"] or "",
        "purpose": meeting["purpose"] or "",
        "capacity": str(meeting["capacity"]),
        "policy": meeting["policy"],
        "venue-lo": meeting["venue"]["lo"],
        "venue-en": meeting["venue"]["en"] or "",
        **moment_fields("starts_at", meeting["starts_at"]),
        **moment_fields("ends_at", meeting["ends_at"]),
    }
    return Sent({name: [value] for name, value in fields.items()})


def moment_fields(name: str, instant: str) -> dict[str, str]:
    """A moment in the four fields of a form."""
    at = datetime.fromisoformat(instant).astimezone(OFFICE_ZONE)
    return {
        f"{name}-day": str(at.day),
        f"{name}-month": str(at.month),
        f"{name}-year": str(at.year),
        f"{name}-time": f"{at:%H:%M}",
    }


def moment_of(sent: Sent, name: str) -> str:
    """A moment from the four fields of a form, empty if all of them are; Lao digits are taken."""
    day, month, year, time = (
        parse_digits(sent.get(f"{name}-{part}").strip()) for part in ("day", "month", "year", "time")
    )
    if not any((day, month, year, time)):
        return ""
    hour, _, minute = time.replace(".", ":").partition(":")
    return f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:00{_OFFSET}"


def _bilingual(sent: Sent, name: str) -> dict[str, str]:
    english = sent.get(f"{name}-en")
    return {"lo": sent.get(f"{name}-lo"), **({"en": english} if english.strip() else {})}


def _number(written: str) -> int | str:
    digits = parse_digits(written.strip())
    return int(digits[:9]) if digits.isdecimal() else written
