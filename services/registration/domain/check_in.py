"""Check-in: every scan becomes a fact, admission or refusal, and both clocks are kept."""

from collections.abc import Sequence

from services.registration.domain.commands import CheckIn
from services.registration.domain.state import CHECK_IN_PHASES, OFFLINE_UPLOAD_PHASES, Meeting, Phase, RegistrationState
from shared.contracts import Fact
from shared.contracts.registration import CheckInRefusal, CheckInRefused, ParticipantCheckedIn
from shared.kernel import NotFound, NotPermitted, Role


def check_in(meeting: Meeting, command: CheckIn) -> Sequence[Fact]:
    """Admit or refuse somebody; a scan that is known (device, nonce) changes nothing."""
    if meeting.phase in (Phase.ABSENT, Phase.DRAFT):
        raise NotFound
    if Role.DESK not in command.actor.roles or command.actor.organisation != meeting.organiser:
        raise NotPermitted
    if meeting.scan_known:
        return []
    reason = _fault(meeting, command)
    if reason is not None or meeting.seat is None:
        return [_refused(meeting, command, reason or "unknown")]
    return [
        ParticipantCheckedIn(
            meeting_id=meeting.meeting_id,
            registration_id=meeting.seat.registration_id,
            person_id=meeting.seat.person_id,
            device=command.device,
            nonce=command.nonce,
            scanned_at=command.scanned_at,
            received_at=command.at,
            offline=command.offline,
        )
    ]


def _fault(meeting: Meeting, command: CheckIn) -> CheckInRefusal | None:
    if command.fault is not None:
        return command.fault
    if meeting.phase is Phase.CANCELLED:
        return "cancelled"
    if meeting.phase not in (OFFLINE_UPLOAD_PHASES if command.offline else CHECK_IN_PHASES):
        return "blocked"
    return _seat_fault(meeting, command)


def _seat_fault(meeting: Meeting, command: CheckIn) -> CheckInRefusal | None:
    held = meeting.seat
    if held is None:
        return "unknown"
    if command.serial is not None and command.serial != held.ticket_serial:
        return "revoked"
    if held.state is not RegistrationState.CONFIRMED:
        given_up = held.state in (RegistrationState.WITHDRAWN, RegistrationState.REPRESENTED)
        return "revoked" if given_up else "not-confirmed"
    if held.checked_in:
        return "already-in"
    if command.scanned_at < meeting.check_in_opens_at:
        return "too-early"
    return None


def _refused(meeting: Meeting, command: CheckIn, reason: CheckInRefusal) -> CheckInRefused:
    return CheckInRefused(
        meeting_id=meeting.meeting_id,
        registration_id=meeting.seat.registration_id if meeting.seat else None,
        device=command.device,
        nonce=command.nonce,
        scanned_at=command.scanned_at,
        received_at=command.at,
        offline=command.offline,
        reason=reason,
    )
