"""What the calendar of one address holds of one meeting, and which message may follow (RFC 5546 3.2.2, 3.2.5)."""

from dataclasses import dataclass
from uuid import UUID

from services.notification.domain.order import CalendarMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarState:
    """The last calendar message to an address: `sequence` as it was sent, `revision` the meeting's own at that time."""

    method: CalendarMethod
    sequence: int
    revision: int
    message: UUID


def concerns_one_attendee(last: CalendarState | None, *, revision: int, message: UUID) -> bool:
    """Whether a CANCEL takes one attendee out of a meeting that is as his calendar has it; else the meeting is off."""
    return last is not None and last.revision == revision and last.message != message


def next_state(
    last: CalendarState | None, *, method: CalendarMethod, revision: int, message: UUID
) -> CalendarState | None:
    """The state that `message` leads to; `None` where it must carry no calendar.

    What was never requested is not cancelled, and what is cancelled is cancelled once. SEQUENCE rises with the meeting,
    and by one where only this attendee is removed or comes back. A repetition of a message gives the same state.
    """
    if last is None:
        first = CalendarState(method=method, sequence=revision, revision=revision, message=message)
        return first if method == "REQUEST" else None
    if method == "CANCEL" == last.method and message != last.message:
        return None
    step = max(0, revision - last.revision)
    if method != last.method:
        step = max(1, step)
    newest = max(revision, last.revision)
    return CalendarState(method=method, sequence=last.sequence + step, revision=newest, message=message)
