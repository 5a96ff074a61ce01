"""What a calendar is told, in order and once; and when a message is out of date."""

from typing import Any, Literal

import pytest

from services.notification.domain.calendar_entry import CalendarState, next_state
from services.notification.domain.outdated import Standing, outdated
from services.notification.domain.states import MeetingPhase, RegistrationState
from shared.contracts.ids import derived_id

ONE, OTHER = derived_id("one"), derived_id("other")
REQUESTED = CalendarState(method="REQUEST", sequence=3, revision=2, message=ONE)
CANCELLED = CalendarState(method="CANCEL", sequence=4, revision=2, message=ONE)


@pytest.mark.parametrize(
    ("last", "method", "revision", "sequence"),
    [
        (None, "REQUEST", 2, 2),
        (None, "CANCEL", 2, None),  # what nobody has is not cancelled
        (REQUESTED, "REQUEST", 2, 3),  # the same once more: another ticket
        (REQUESTED, "REQUEST", 4, 5),  # the meeting has changed twice
        (REQUESTED, "CANCEL", 2, 4),  # this attendee alone is removed
        (REQUESTED, "CANCEL", 3, 4),  # the meeting is called off
        (CANCELLED, "CANCEL", 3, None),  # once is enough
        (CANCELLED, "REQUEST", 2, 5),  # he comes back
    ],
)
def test_the_sequence_rises_with_each_change(
    last: CalendarState | None, method: Literal["REQUEST", "CANCEL"], revision: int, sequence: int | None
) -> None:
    state = next_state(last, method=method, revision=revision, message=OTHER)
    assert (state and state.sequence) == sequence


@pytest.mark.parametrize("last", [REQUESTED, CANCELLED])
def test_a_second_attempt_says_the_same(last: CalendarState) -> None:
    assert next_state(last, method=last.method, revision=last.revision, message=ONE) == last


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"template": "registered", "phase": "open"}, None),
        ({"template": "registered", "phase": "in_session"}, None),
        ({"template": "registered", "phase": "cancelled"}, "meeting-cancelled"),
        ({"template": "registered", "phase": "held"}, "meeting-over"),
        ({"template": "registered", "phase": "closed"}, "meeting-over"),
        ({"template": "invitation", "phase": "in_session"}, "meeting-started"),
        ({"template": "promoted", "phase": "open", "seat": "withdrawn"}, "seat-given-up"),
        ({"template": "rescheduled", "phase": "open", "seat": "represented"}, "seat-given-up"),
        ({"template": "requested", "phase": "open", "seat": "requested"}, None),
        ({"template": "requested", "phase": "open", "seat": "confirmed"}, "superseded"),
        ({"template": "requested", "phase": "open", "seat": "rejected"}, "seat-given-up"),
        ({"template": "rejected", "phase": "open", "seat": "rejected"}, None),
        ({"template": "waitlisted", "phase": "open", "seat": "waitlisted"}, None),
        ({"template": "waitlisted", "phase": "open", "seat": "confirmed"}, "superseded"),
        ({"template": "registered", "serial": 1, "ticket": 2}, "superseded"),
        ({"template": "registered", "serial": 1, "ticket": 1, "revision": 0, "moved": 1}, "superseded"),
        ({"template": "rescheduled", "revision": 1, "moved": 2}, "superseded"),
        ({"template": "rescheduled", "revision": 1, "moved": 1, "venue_changed": 2}, None),
        ({"template": "venue_changed", "revision": 1, "venue_changed": 2}, "superseded"),
        ({"template": "venue_changed", "revision": 1, "venue_changed": 1, "moved": 2}, None),
        ({"template": "cancelled", "phase": "cancelled"}, None),
        ({"template": "withdrawn", "phase": "cancelled", "seat": "withdrawn"}, None),
        ({"template": "minutes_signed", "phase": "closed"}, None),
    ],
)
def test_a_message_is_out_of_date_when_something_newer_is_true(members: dict[str, Any], reason: str | None) -> None:
    states: dict[str, Any] = {"phase": MeetingPhase, "seat": RegistrationState}
    stands: dict[str, Any] = {name: states[name](value) if name in states else value for name, value in members.items()}
    assert outdated(Standing(**stands)) == reason
