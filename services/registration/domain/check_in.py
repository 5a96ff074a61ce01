"""Check-in: every scan becomes a fact, admission or refusal, and both clocks are kept."""

from collections.abc import Sequence
from typing import Any, Final

from services.registration.domain.commands import CheckIn
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import NOT_YET_CONFIRMED, RegistrationState
from services.registration.domain.scan_times import ScanTimes, scan_times
from services.registration.domain.state import CHECK_IN_PHASES, OFFLINE_UPLOAD_PHASES, Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    CheckInRefusal,
    CheckInRefused,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantReturned,
)
from shared.kernel import NotFound, NotPermitted, Role

LET_IN_ALL_THE_SAME: Final[frozenset[CheckInRefusal]] = frozenset(
    {"revoked", "not-confirmed", "too-early", "unknown", "blocked"}
)
"""Why a desk with a network would have refused somebody whom one without has let in: he is in the room."""

ALREADY_IN: Final[CheckInRefusal] = "already-in"


def check_in(meeting: Meeting, command: CheckIn) -> Sequence[Fact]:
    """Admit or refuse somebody; a scan that is known (device, nonce) changes nothing."""
    check_desk(meeting, command)
    if meeting.scan_known:
        return []
    times = scan_times(command)
    if command.turned_away is not None:
        return [refusal(meeting, command, times, command.turned_away)]
    closed = command.fault or not_held(meeting, command)
    if closed or meeting.seat is None:
        return [refusal(meeting, command, times, closed or "unknown")]
    if command.leaving:
        return [ParticipantLeft(**_movement(meeting, meeting.seat, command, times))]
    reason = _seat_fault(meeting, meeting.seat, command, times)
    if reason is not None and not (command.offline and reason in LET_IN_ALL_THE_SAME):
        return [refusal(meeting, command, times, reason)]
    return [admission(meeting, meeting.seat, command, times, instead=reason)]


def check_desk(meeting: Meeting, command: CheckIn) -> None:
    """Raise the Refusal of whoever is no desk of this meeting."""
    if meeting.phase in (Phase.ABSENT, Phase.DRAFT):
        raise NotFound
    if Role.DESK not in command.actor.roles or not command.actor.acts_for(meeting.organiser):
        raise NotPermitted(roles=[str(Role.DESK)])


def admission(
    meeting: Meeting, seat: Seat, command: CheckIn, times: ScanTimes, *, instead: CheckInRefusal | None
) -> ParticipantCheckedIn | ParticipantReturned:
    """Somebody has come in, for the first time or again; `instead`: he would have been refused for this reason."""
    if seat.checked_in:
        return ParticipantReturned(**_movement(meeting, seat, command, times), would_have_been_refused=instead)
    return ParticipantCheckedIn(
        registration_id=seat.registration_id,
        person_id=seat.person_id,
        would_have_been_refused=instead,
        method=command.method,
        **_scan(meeting, command, times),
    )


def not_held(meeting: Meeting, command: CheckIn) -> CheckInRefusal | None:
    """Why nobody goes in or out: the meeting is called off, or over and closed."""
    if meeting.phase is Phase.CANCELLED:
        return "cancelled"
    over = meeting.phase not in (OFFLINE_UPLOAD_PHASES if command.offline or command.leaving else CHECK_IN_PHASES)
    return "blocked" if over else None


def _seat_fault(meeting: Meeting, held: Seat, command: CheckIn, times: ScanTimes) -> CheckInRefusal | None:
    inside = held.inside(times.came_at)
    if inside and command.offline:
        return ALREADY_IN
    if held.blocked:
        return "blocked"
    if command.serial is not None and command.serial != held.ticket_serial:
        return "revoked"
    if held.state is not RegistrationState.CONFIRMED:
        return "not-confirmed" if held.state in NOT_YET_CONFIRMED else "revoked"
    if inside:
        return ALREADY_IN
    return "too-early" if times.came_at < meeting.check_in_opens_at else None


def refusal(meeting: Meeting, command: CheckIn, times: ScanTimes, reason: CheckInRefusal) -> CheckInRefused:
    """Somebody was turned away."""
    seat = meeting.seat.registration_id if meeting.seat else None
    turned_away = command.turned_away is not None
    scan = _scan(meeting, command, times)
    return CheckInRefused(registration_id=seat, reason=reason, turned_away=turned_away, **scan)


def _movement(meeting: Meeting, seat: Seat, command: CheckIn, times: ScanTimes) -> dict[str, Any]:
    """Of somebody who is let out whatever became of his seat, or in again."""
    scan = _scan(meeting, command, times)
    person = {"registration_id": seat.registration_id, "person_id": seat.person_id}
    return {**scan, **person, "method": command.method, "moved_at": scan.pop("came_at")}


def _scan(meeting: Meeting, command: CheckIn, times: ScanTimes) -> dict[str, Any]:
    return {
        "meeting_id": meeting.meeting_id,
        "device": command.device,
        "nonce": command.nonce,
        "scanned_at": command.scanned_at,
        "received_at": command.at,
        "offline": command.offline,
        "came_at": times.came_at,
        "clock_skew": times.clock_skew,
        "checked_by": command.actor.subject,
    }
