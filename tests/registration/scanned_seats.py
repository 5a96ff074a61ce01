"""What a scan changes of a seat, as the store does it."""

from dataclasses import replace
from typing import Final, TypeAlias

from services.registration.domain.check_in import ALREADY_IN
from services.registration.domain.registration import Seat
from shared.contracts.registration import CheckInRefused, ParticipantCheckedIn, ParticipantLeft, ParticipantReturned

ScanFact: TypeAlias = ParticipantCheckedIn | ParticipantReturned | ParticipantLeft | CheckInRefused
SCAN_FACTS: Final = (ParticipantCheckedIn, ParticipantReturned, ParticipantLeft, CheckInRefused)


def seat_after_scan(seat: Seat, fact: ScanFact) -> Seat:
    """The seat after a scan; in whatever order scans become known, it is the same."""
    match fact:
        case ParticipantLeft():
            return replace(seat, left_at=max(seat.left_at or fact.moved_at, fact.moved_at))
        case ParticipantReturned():
            at = fact.moved_at
        case ParticipantCheckedIn():
            at = fact.came_at or fact.scanned_at
        case CheckInRefused() if fact.offline and fact.reason == ALREADY_IN and not fact.turned_away:
            at = fact.came_at or fact.scanned_at
        case _:
            return seat
    return replace(seat, checked_in=True, entered_at=max(seat.entered_at or at, at))
