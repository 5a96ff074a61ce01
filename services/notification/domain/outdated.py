"""What a later fact has made untrue is not sent: decided when the fact is heard, and again when it would be sent."""

from dataclasses import dataclass
from typing import Final

LASTING: Final = frozenset(
    {"cancelled", "withdrawn", "represented", "declined", "checked_in", "minutes_circulated", "minutes_signed"}
)
"""Templates that say what has happened; whatever follows does not make them untrue."""

NEEDS_AN_ANSWER: Final = frozenset({"invitation", "chair_named", "co_host_named"})
"""Templates that are of use only before the session begins."""

_BY_PHASE: Final = {"cancelled": "meeting-cancelled", "held": "meeting-over", "closed": "meeting-over"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a message was decided on (`template`, `revision`, `serial`), and what is known now.

    `moved` and `venue_changed` are the meeting's SEQUENCE when its time and its place last changed, `seat` is the state
    of the registration and `ticket` the number of its newest ticket.
    """

    template: str
    revision: int | None = None
    serial: int | None = None
    phase: str | None = None
    moved: int = 0
    venue_changed: int = 0
    seat: str | None = None
    ticket: int = 0


def outdated(standing: Standing) -> str | None:
    """Why a message is not true any more, as a short code; `None` where it may be sent."""
    if standing.template in LASTING:
        return None
    if standing.phase in _BY_PHASE:
        return _BY_PHASE[standing.phase]
    if standing.phase == "in_session" and standing.template in NEEDS_AN_ANSWER:
        return "meeting-started"
    if standing.seat in ("withdrawn", "represented"):
        return "seat-given-up"
    return "superseded" if _superseded(standing) else None


def _superseded(standing: Standing) -> bool:
    """Whether a newer message says it better: the seat, the next ticket, the next change."""
    if standing.template == "waitlisted":
        return standing.seat == "confirmed"
    if standing.serial is not None and standing.serial < standing.ticket:
        return True
    newest = standing.venue_changed if standing.template == "venue_changed" else standing.moved
    return standing.revision is not None and standing.revision < newest
