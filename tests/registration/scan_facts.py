"""Facts of the desks, as tests expect them: who came, went out, came back or was turned away."""

from datetime import datetime
from typing import Any

from shared.contracts import Fact
from shared.contracts.registration import (
    CheckInMethod,
    CheckInRefusal,
    CheckInRefused,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantReturned,
)
from tests.registration.facts import registered
from tests.registration.scenario import END, MEETING, START, Somebody


def came(
    who: Somebody,
    *,
    at: datetime = START,
    nonce: str = "1",
    offline: bool = False,
    instead: CheckInRefusal | None = None,
    **members: Any,
) -> ParticipantCheckedIn:
    """`instead`: he would have been refused; `members` are those that the device's clock gives."""
    return ParticipantCheckedIn(
        registration_id=who.seat,
        person_id=who.person,
        would_have_been_refused=instead,
        **_scanned(at, nonce, offline=offline) | members,
    )


def walked_in(who: Somebody, *, over: bool = False, **members: Any) -> list[Fact]:
    """He had not registered, and has come in; `over`: no seat was free. `members` are those of `came`."""
    told = registered(who).model_copy(update={"walk_in": True, "over_capacity": over})
    return [told, came(who, method="walk-in", **members)]


def went_out(who: Somebody, *, at: datetime, nonce: str = "1", offline: bool = False) -> ParticipantLeft:
    return ParticipantLeft(**_moved(who, at, nonce, offline=offline))


def came_back(
    who: Somebody,
    *,
    at: datetime,
    nonce: str = "1",
    offline: bool = False,
    instead: CheckInRefusal | None = None,
    method: CheckInMethod | None = None,
) -> ParticipantReturned:
    moved = _moved(who, at, nonce, offline=offline)
    return ParticipantReturned(would_have_been_refused=instead, method=method, **moved)


def _moved(who: Somebody, at: datetime, nonce: str, *, offline: bool) -> dict[str, Any]:
    scan = _scanned(at, nonce, offline=offline)
    return {"registration_id": who.seat, "person_id": who.person, "moved_at": scan.pop("came_at"), **scan}


def turned_away(
    who: Somebody | None,
    reason: CheckInRefusal,
    *,
    at: datetime = START,
    nonce: str = "1",
    offline: bool = False,
    **members: Any,
) -> CheckInRefused:
    seat = who.seat if who else None
    return CheckInRefused(registration_id=seat, reason=reason, **_scanned(at, nonce, offline=offline) | members)


def _scanned(at: datetime, nonce: str, *, offline: bool) -> dict[str, Any]:
    """A scan of a device whose clock is right; a desk that was offline has sent it at the end."""
    return {
        "meeting_id": MEETING,
        "device": "desk-1",
        "nonce": nonce,
        "scanned_at": at,
        "received_at": END if offline else at,
        "offline": offline,
        "came_at": at,
        "clock_skew": None if offline else 0,
        "checked_by": "desk",
    }
