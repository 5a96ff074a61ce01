"""What a later fact has made untrue is not sent: decided when the fact is heard, and again when it would be sent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.notification.domain.changes import VENUE_CHANGED
from services.notification.domain.states import OVER, MeetingPhase, RegistrationState

LASTING: Final = frozenset(
    {
        *("cancelled", "invitation_revoked", "chair_released", "co_host_released"),
        *("withdrawn", "represented", "representative_withdrawn", "declined", "rejected", "registration_lapsed"),
        *("checked_in", "minutes_circulated", "minutes_signed"),
    }
)
"""Templates that say what has happened; whatever follows does not make them untrue."""

NEEDS_AN_ANSWER: Final = frozenset(
    {"invitation", "invitation_extended", "invitation_reminder", "chair_named", "co_host_named"}
)
"""Templates that are of use only before the session begins."""


class Outdated(StrEnum):
    """Why a message is not true any more."""

    MEETING_CANCELLED = "meeting-cancelled"
    MEETING_STARTED = "meeting-started"
    MEETING_OVER = "meeting-over"
    SEAT_GIVEN_UP = "seat-given-up"
    INVITATION_REVOKED = "invitation-revoked"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"


_GONE: Final = (
    *(RegistrationState.WITHDRAWN, RegistrationState.REPRESENTED),
    *(RegistrationState.DECLINED, RegistrationState.REJECTED),
)
_BY_PHASE: Final = {
    MeetingPhase.CANCELLED: Outdated.MEETING_CANCELLED,
    **dict.fromkeys(OVER, Outdated.MEETING_OVER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a message was decided on (`template`, `revision`, `serial`), and what is known now.

    `moved` and `venue_changed` are the meeting's SEQUENCE when its time and its place last changed, `seat` is the state
    of the registration and `ticket` the number of its newest ticket. `invited` is false for the contact of a body whose
    invitation was taken back, and for who no longer chairs or co-hosts. `answered`: whether anybody has answered the
    invitation to which an answer is awaited.
    """

    template: str
    revision: int | None = None
    serial: int | None = None
    phase: MeetingPhase | None = None
    moved: int = 0
    venue_changed: int = 0
    seat: RegistrationState | None = None
    ticket: int = 0
    invited: bool = True
    answered: bool = False


def outdated(standing: Standing) -> Outdated | None:
    """Why a message is not true any more; `None` where it may be sent."""
    if standing.template in LASTING:
        return None
    if standing.phase in _BY_PHASE:
        return _BY_PHASE[standing.phase]
    if standing.phase is MeetingPhase.IN_SESSION and standing.template in NEEDS_AN_ANSWER:
        return Outdated.MEETING_STARTED
    if not standing.invited or standing.answered:
        return Outdated.ANSWERED if standing.invited else Outdated.INVITATION_REVOKED
    if standing.seat in _GONE:
        return Outdated.SEAT_GIVEN_UP
    return Outdated.SUPERSEDED if _superseded(standing) else None


def _superseded(standing: Standing) -> bool:
    """Whether a newer message says it better: the seat, the next ticket, the next change."""
    if standing.template == "requested":
        return standing.seat is not RegistrationState.REQUESTED
    if standing.template == "waitlisted":
        return standing.seat is RegistrationState.CONFIRMED
    if standing.serial is not None and standing.serial < standing.ticket:
        return True
    newest = standing.venue_changed if standing.template == VENUE_CHANGED else standing.moved
    return standing.revision is not None and standing.revision < newest
