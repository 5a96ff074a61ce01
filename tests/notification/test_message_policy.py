"""Which fact tells whom what, on which channel."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notification.domain.attempt import PATIENCE, given_up, pause_before
from services.notification.domain.message import (
    CancelMessage,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    ReleaseMessage,
    Taken,
)
from services.notification.domain.order import Order
from services.notification.policy import ORDERS, Known, Seat, audience_of, conclude, react
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.registration import MeetingOpened
from tests.notification import saying
from tests.notification.saying import CHAIR, KEO, MEETING, NOY, STARTS, registration_of

NOW = datetime(2022, 9, 1, tzinfo=UTC)
ALONE = Known(cause=derived_id("event"), at=NOW)
TAKEN = Taken(attempt=2, parts=1, at=NOW)


def seat(person: Any, state: str, *, checked_in: bool = False) -> Seat:
    return Seat(registration_id=registration_of(person), person_id=person, state=state, checked_in=checked_in)


ROOM = replace(
    ALONE,
    seats=(
        seat(KEO, "confirmed"),
        seat(NOY, "waitlisted"),
        seat(CHAIR, "withdrawn"),
        seat(derived_id("represented"), "represented"),
        seat(derived_id("declined"), "declined"),
    ),
)


def orders(fact: Fact, known: Known = ALONE) -> list[Order]:
    return [command.order for _, command in react(fact, known) if isinstance(command, ComposeMessage)]


def asked(fact: Fact, known: Known = ALONE) -> list[tuple[Any, str, tuple[str, ...], str | None]]:
    """Recipient, template, channels in the order of preference, calendar."""
    return [(each.person_id, each.template, each.channels, each.content.calendar) for each in orders(fact, known)]


EITHER = ("sms", "email")


@pytest.mark.parametrize(
    ("fact", "wanted"),
    [
        (saying.invited("sealed"), [(KEO, "invitation", ("email",), "REQUEST")]),
        (saying.registered(), [(KEO, "registered", ("sms",), None)]),
        (saying.registered(position=3), [(KEO, "waitlisted", EITHER, None)]),
        (saying.ticketed("sealed"), [(KEO, "registered", ("email",), "REQUEST")]),
        (saying.promoted(), [(KEO, "promoted", EITHER, None)]),
        (saying.represented(), [(NOY, "delegated", EITHER, None)]),
        (saying.declined(), [(KEO, "declined", EITHER, None)]),
        (saying.checked_in(), [(KEO, "checked_in", ("sms",), None)]),
        (saying.checked_in(offline=True), []),
        (saying.withdrawn(), []),
        (saying.drafted(), []),
        (saying.held(), []),
        (saying.minutes_signed(), []),
        (MeetingOpened(meeting_id=MEETING), []),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Fact) else "",
)
def test_a_fact_about_one_person_tells_that_person(fact: Fact, wanted: list[Any]) -> None:
    assert asked(fact) == wanted


@pytest.mark.parametrize(
    ("fact", "template", "method"),
    [
        (saying.rescheduled(), "rescheduled", "REQUEST"),
        (saying.rescheduled(starts_at=STARTS, venue=saying.HALL), "venue_changed", "REQUEST"),
        (saying.cancelled(), "cancelled", "CANCEL"),
    ],
)
def test_a_change_is_told_to_everybody_who_has_a_seat_or_waits_for_one(fact: Fact, template: str, method: str) -> None:
    assert asked(fact, ROOM) == [
        (KEO, template, ("sms",), method),
        (KEO, template, ("email",), method),
        (NOY, template, ("sms",), None),
        (NOY, template, ("email",), None),
    ]


def test_minutes_go_to_who_came_and_to_who_was_expected() -> None:
    room = replace(ALONE, seats=(seat(KEO, "confirmed"), seat(NOY, "withdrawn"), seat(CHAIR, "x", checked_in=True)))
    wanted = [(person, "minutes_signed", ("email", "sms"), None) for person in (KEO, CHAIR)]
    assert asked(saying.minutes_published(), room) == wanted


@pytest.mark.parametrize("fact", [saying.rescheduled(), saying.cancelled(), saying.minutes_published()])
def test_only_what_concerns_all_asks_who_they_are(fact: Fact) -> None:
    assert (audience_of(fact), audience_of(saying.registered())) == (MEETING, None)


def test_every_message_of_a_fact_is_another_and_the_same_each_time() -> None:
    first, second = (react(saying.cancelled(), ROOM) for _ in range(2))
    assert len({message for message, _ in first}) == 4
    assert first == second


def test_what_only_the_recipient_may_read_stays_sealed() -> None:
    sealed = [orders(fact)[0].content.sealed for fact in (saying.invited("link"), saying.ticketed("ticket"))]
    assert sealed == [{"link": "link"}, {"ticket": "ticket"}]


def test_a_person_who_arrives_releases_and_one_who_is_erased_cancels() -> None:
    known = replace(ALONE, unsent=(derived_id("message"),))
    kinds = [type(command) for fact in (saying.person(), saying.erased()) for _, command in react(fact, known)]
    assert kinds == [ReleaseMessage, CancelMessage]


def test_the_table_has_a_line_for_each_fact_that_tells_somebody() -> None:
    assert len(ORDERS) == 10


@pytest.mark.parametrize(
    ("status", "kind"),
    [("undeliverable", "permanent-failure"), ("rejected", "permanent-failure"), ("expired", "expired")],
)
def test_a_bad_receipt_ends_a_message(status: str, kind: str) -> None:
    command = conclude(status, taken=TAKEN, at=NOW)
    assert isinstance(command, RecordFailed)
    assert (command.kind, command.reason, command.taken) == (kind, status, TAKEN)


def test_a_good_receipt_delivers_and_an_empty_one_says_nothing() -> None:
    assert isinstance(conclude("delivered", taken=TAKEN, at=NOW), RecordDelivered)
    assert [conclude(status, taken=TAKEN, at=NOW) for status in ("accepted", "unknown")] == [None, None]


def test_pauses_grow_to_a_limit_and_keep_to_what_was_asked() -> None:
    seconds = [pause_before(number, chance=1.0).total_seconds() for number in (1, 2, 3, 9, 10, 1_000)]
    assert seconds == [2, 4, 8, 512, 900, 900]
    assert pause_before(1, chance=0.0, asked=7.5).total_seconds() == 7.5


def test_a_message_is_given_up_after_three_days() -> None:
    assert [given_up(since=NOW, next_at=NOW + PATIENCE * share) for share in (1, 1.001)] == [False, True]
