"""Walk-ins: people who have not registered and stand at the door of a meeting that lets them in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.registration.domain.check_in import admission, check_desk, check_in, not_held, refusal
from services.registration.domain.commands import MeetingCommand
from services.registration.domain.desk.commands import AdmitWalkIn
from services.registration.domain.free_seats import fit
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import GIVEN_UP, RegistrationState
from services.registration.domain.scan_times import ScanTimes, scan_times
from services.registration.domain.state import Meeting
from shared.contracts import Fact
from shared.contracts.registration import CheckInRefusal, ParticipantRegistered, ParticipantReinstated

OTHER_BODY: Final = "OTHER"
"""Of the registry: for people whose body it does not have."""
UNKNOWN_RANK: Final = 1_000
"""Of somebody whose rank is not known: he stands after all others."""


def admit_walk_in(meeting: Meeting, command: AdmitWalkIn) -> Sequence[Fact]:
    """One more seat for somebody who comes in now; a scan that is known changes nothing.

    `meeting.seat` is the registration of the same person, where there is one: he is checked in by it, and takes part
    after all where he had given it up. Where no seat is free he is counted over the capacity: nobody loses his seat.
    """
    if meeting.seat is not None and (meeting.seat.blocked or meeting.seat.state not in GIVEN_UP):
        return check_in(meeting, command)
    check_desk(meeting, command)
    if meeting.scan_known:
        return []
    times = scan_times(command)
    closed = not_held(meeting, command)
    reason = closed or _fault(meeting, times)
    if reason is not None and (closed or not command.offline):
        return [refusal(replace(meeting, seat=None), command, times, reason)]
    registered = _registered(meeting, command)
    seat = Seat(
        registration_id=registered.registration_id,
        person_id=registered.person_id,
        organisation=registered.organisation,
        state=RegistrationState.CONFIRMED,
        code=registered.code,
        rank=registered.rank,
        checked_in=meeting.seat is not None and meeting.seat.checked_in,
    )
    return [registered, admission(replace(meeting, seat=seat), seat, command, times, instead=reason)]


def _fault(meeting: Meeting, times: ScanTimes) -> CheckInRefusal | None:
    if not meeting.admission.walk_ins:
        return "unknown"
    return "too-early" if times.came_at < meeting.check_in_opens_at else None


def _registered(meeting: Meeting, command: AdmitWalkIn) -> ParticipantRegistered | ParticipantReinstated:
    body = meeting.seat.organisation if meeting.seat else command.person.organisation
    told = {
        "meeting_id": meeting.meeting_id,
        "invitation_id": None,
        "organisation": body,
        "state": RegistrationState.CONFIRMED,
        "walk_in": True,
        "over_capacity": not fit(meeting, [body]),
    }
    if meeting.seat is not None:
        names = ("registration_id", "person_id", "rank", "code")
        return ParticipantReinstated(**told, **{name: getattr(meeting.seat, name) for name in names})
    return ParticipantRegistered(
        **told,
        registration_id=command.registration_id,
        person_id=command.person.person_id,
        rank=command.person.rank,
        code=command.code,
    )


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {AdmitWalkIn: admit_walk_in}
"""Kind of command → the rule that decides on it."""
