"""Which fact tells whom what, on which channel."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notification.domain.attempt import PATIENCE, given_up, pause_before
from services.notification.domain.commands import (
    Acceptance,
    CancelMessage,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    ReleaseMessage,
)
from services.notification.domain.order import Audience, Order
from services.notification.domain.recipient import Host, Seat
from services.notification.domain.states import ReceiptStatus, RegistrationState
from services.notification.policy import ReactionContext, conclude, made_untrue, meeting_of, react, seat_of
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.registration import MeetingOpened
from tests.notification import scenario
from tests.notification.scenario import CHAIR, CONTACT, HOST, KEO, MEETING, NOY, STARTS, registration_of

NOW = datetime(2022, 9, 1, tzinfo=UTC)
ALONE = ReactionContext(cause=derived_id("event"), at=NOW)
ACCEPTANCE = Acceptance(attempt=2, parts=1, at=NOW)
EITHER = ("sms", "email")
MAIL_FIRST = ("email", "sms")
BOTH = [("sms",), ("email",)]
LEFT, GONE, NAY = (derived_id(name) for name in ("withdrawn", "represented", "declined"))


def seat(person: Any, state: str, **members: Any) -> Seat:
    return Seat(registration_id=registration_of(person), person_id=person, state=RegistrationState(state), **members)


def seated(person: Any = KEO, **members: Any) -> ReactionContext:
    return replace(ALONE, seats=(seat(person, "confirmed", **members),))


EVERYBODY = replace(
    ALONE,
    seats=(
        seat(KEO, "confirmed"),
        seat(NOY, "waitlisted"),
        seat(LEFT, "withdrawn"),
        seat(GONE, "represented"),
        seat(NAY, "declined"),
    ),
    hosts=(
        Host(person_id=CHAIR, audience=Audience.CHAIR),
        Host(person_id=HOST, audience=Audience.CO_HOST),
        Host(person_id=CONTACT, audience=Audience.CONTACT),
    ),
)


def orders(fact: Fact, known: ReactionContext = ALONE) -> list[Order]:
    return [command.order for _, command in react(fact, known) if isinstance(command, ComposeMessage)]


def asked(fact: Fact, known: ReactionContext = ALONE) -> list[tuple[Any, str, tuple[str, ...], str | None]]:
    """Recipient, template, channels in the order of preference, calendar."""
    return [(each.person_id, each.template, each.channels, each.content.calendar) for each in orders(fact, known)]


@pytest.mark.parametrize(
    ("fact", "wanted"),
    [
        (scenario.invited("sealed"), [(KEO, "invitation", MAIL_FIRST, "REQUEST")]),
        (scenario.extended(), [(KEO, "invitation_extended", MAIL_FIRST, None)]),
        (scenario.resent("sealed"), [(KEO, "invitation", MAIL_FIRST, "REQUEST")]),
        (scenario.revoked(), [(KEO, "invitation_revoked", MAIL_FIRST, "CANCEL")]),
        (scenario.registered(), [(KEO, "registered", ("sms",), None)]),
        (scenario.registered(position=3), [(KEO, "waitlisted", EITHER, None)]),
        (scenario.registered(repeats=scenario.MEETING), []),
        (scenario.registered(proven=False), [(KEO, "confirm_registration", ("sms",), None)]),
        (scenario.registered(position=1, proven=False), [(KEO, "confirm_registration", MAIL_FIRST, None)]),
        (scenario.withdrawn(lapsed=True), [(KEO, "registration_lapsed", MAIL_FIRST, "CANCEL")]),
        (scenario.request_withdrawn(lapsed=True), [(KEO, "registration_lapsed", MAIL_FIRST, None)]),
        (scenario.registered_again(), [(KEO, "registered_again", MAIL_FIRST, None)]),
        (scenario.promoted(), [(KEO, "promoted", ("sms",), None)]),
        (
            scenario.represented(),
            [(NOY, "delegated", ("sms",), None), (KEO, "represented", MAIL_FIRST, "CANCEL")],
        ),
        (scenario.declined(), [(KEO, "declined", EITHER, None)]),
        (scenario.withdrawn(), [(KEO, "withdrawn", MAIL_FIRST, "CANCEL")]),
        (scenario.withdrawn(declines=True), [(KEO, "declined", MAIL_FIRST, "CANCEL")]),
        (scenario.reinstated(), [(KEO, "registered", ("sms",), None)]),
        (scenario.reinstated(position=3), [(KEO, "waitlisted", EITHER, None)]),
        (scenario.requested(), [(KEO, "requested", EITHER, None)]),
        (scenario.rejected(), [(KEO, "rejected", MAIL_FIRST, None)]),
        (scenario.request_withdrawn(), [(KEO, "withdrawn", MAIL_FIRST, None)]),
        (scenario.checked_in(offline=True), []),
        (
            scenario.hosts_changed(chair=NOY, former_chair=CHAIR),
            [(NOY, "chair_named", MAIL_FIRST, "REQUEST"), (CHAIR, "chair_released", MAIL_FIRST, "CANCEL")],
        ),
        (
            scenario.hosts_changed(
                co_host_contacts=(KEO, HOST), new_co_host_contacts=(KEO,), former_co_host_contacts=(NOY,)
            ),
            [(KEO, "co_host_named", MAIL_FIRST, "REQUEST"), (NOY, "co_host_released", MAIL_FIRST, "CANCEL")],
        ),
        (scenario.hosts_changed(announced=False, chair=NOY, former_chair=CHAIR), []),
        (scenario.changed("agenda_details"), []),
        (scenario.drafted(), []),
        (scenario.held(), []),
        (scenario.minutes_signed(), []),
        (scenario.ministry(), []),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Fact) else "",
)
def test_a_fact_about_one_person_tells_that_person(fact: Fact, wanted: list[Any]) -> None:
    assert asked(fact) == wanted


@pytest.mark.parametrize(
    ("members", "template"),
    [
        ({}, "registered"),
        ({"notice": "promoted"}, "promoted"),
        ({"notice": "confirm_registration"}, "confirm_registration"),
        ({"notice": "rescheduled"}, "rescheduled"),
        ({"notice": "delegated", "represents": NOY}, "delegated"),
        ({"notice": "rescheduled", "represents": NOY}, "rescheduled"),
    ],
)
def test_a_ticket_comes_with_the_reason_why_it_is_new(members: dict[str, Any], template: str) -> None:
    assert asked(scenario.ticketed("sealed"), seated(**members)) == [(KEO, template, ("email",), "REQUEST")]


@pytest.mark.parametrize("fact", [scenario.withdrawn(lapsed=True), scenario.request_withdrawn(lapsed=True)])
def test_what_lapses_with_the_number_of_somebody_else_is_not_told_to_him(fact: Fact) -> None:
    assert asked(fact, seated(notice="registered_again")) == []


def test_of_a_registration_that_repeats_another_no_ticket_is_sent() -> None:
    assert asked(scenario.ticketed("sealed"), seated(notice="registered_again")) == []


def test_who_is_scanned_online_is_told() -> None:
    assert asked(scenario.checked_in(), seated()) == [(KEO, "checked_in", ("sms",), None)]


def test_who_leads_a_meeting_is_told_when_it_is_announced() -> None:
    assert asked(MeetingOpened(meeting_id=MEETING), EVERYBODY) == [
        (CHAIR, "chair_named", MAIL_FIRST, "REQUEST"),
        (HOST, "co_host_named", MAIL_FIRST, "REQUEST"),
    ]


@pytest.mark.parametrize(
    ("fact", "template", "method", "seat_has"),
    [
        (scenario.rescheduled(), "rescheduled", "REQUEST", [("sms",)]),  # its e-mail comes with the new ticket
        (scenario.rescheduled(starts_at=STARTS, venue=scenario.OTHER_VENUE), "venue_changed", "REQUEST", BOTH),
        (scenario.cancelled(), "cancelled", "CANCEL", BOTH),
    ],
)
def test_a_change_is_told_to_everybody_who_expects_the_meeting(
    fact: Fact, template: str, method: str, seat_has: list[tuple[str, ...]]
) -> None:
    hosts = [(person, template, channels, method) for person in (CHAIR, HOST, CONTACT) for channels in BOTH]
    calendar = None if template == "rescheduled" else method
    assert asked(fact, EVERYBODY) == [
        *hosts,
        *((KEO, template, channels, calendar) for channels in seat_has),
        *((NOY, template, channels, None) for channels in BOTH),
    ]


def test_only_changes_wait_for_others() -> None:
    patient = replace(EVERYBODY, quiet=timedelta(seconds=60))
    waits = {
        fact: {each.not_before for each in orders(fact, patient)}
        for fact in (scenario.rescheduled(), scenario.cancelled())
    }
    assert list(waits.values()) == [{NOW + timedelta(seconds=60)}, {None}]


def test_who_is_chair_and_contact_at_once_is_told_once() -> None:
    hosts = tuple(Host(person_id=CHAIR, audience=audience) for audience in (Audience.CHAIR, Audience.CONTACT))
    assert len(orders(scenario.cancelled(), replace(ALONE, hosts=hosts))) == 2


def test_minutes_go_to_who_came_to_who_was_expected_and_to_the_co_hosts() -> None:
    meeting = replace(
        EVERYBODY, seats=(seat(KEO, "confirmed"), seat(NOY, "withdrawn"), seat(LEFT, "withdrawn", checked_in=True))
    )
    wanted = [(person, "minutes_signed", MAIL_FIRST, None) for person in (HOST, KEO, LEFT)]
    assert asked(scenario.minutes_published(), meeting) == wanted


@pytest.mark.parametrize("fact", [scenario.rescheduled(), scenario.cancelled(), scenario.minutes_published()])
def test_only_what_concerns_all_asks_who_they_are(fact: Fact) -> None:
    assert (meeting_of(fact), meeting_of(scenario.registered())) == (MEETING, None)
    assert (seat_of(fact), seat_of(scenario.ticketed(""))) == (None, registration_of(KEO))


@pytest.mark.parametrize(
    ("fact", "persons"),
    [
        (scenario.cancelled(), ()),
        (scenario.held(), ()),
        (scenario.withdrawn(), (KEO,)),
        (scenario.represented(), (KEO,)),
        (scenario.hosts_changed(chair=NOY, former_chair=CHAIR, former_co_host_contacts=(KEO,)), (CHAIR, KEO)),
        (scenario.hosts_changed(former_co_host_contacts=(KEO,)), (CHAIR, KEO)),
    ],
)
def test_what_may_have_become_untrue_is_looked_for_where_it_can_be(fact: Fact, persons: tuple[Any, ...]) -> None:
    assert (made_untrue(fact), made_untrue(scenario.registered())) == ((MEETING, persons), None)


def test_every_message_of_a_fact_is_another_and_the_same_each_time() -> None:
    first, second = (react(scenario.cancelled(), EVERYBODY) for _ in range(2))
    assert len({message for message, _ in first}) == 10
    assert first == second


def test_what_only_the_recipient_may_read_stays_sealed() -> None:
    facts = (scenario.invited("link"), scenario.ticketed("ticket"))
    sealed = [orders(fact, seated())[0].content.sealed for fact in facts]
    assert sealed == [{"link": "link"}, {"ticket": "ticket"}]


def test_a_person_who_arrives_releases_and_one_who_is_erased_cancels() -> None:
    known = replace(ALONE, unsent=(derived_id("message"),))
    kinds = [type(command) for fact in (scenario.person(), scenario.erased()) for _, command in react(fact, known)]
    assert kinds == [ReleaseMessage, CancelMessage]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("undeliverable", "permanent-failure"), ("rejected", "permanent-failure"), ("expired", "expired")],
)
def test_a_bad_receipt_ends_a_message(status: str, kind: str) -> None:
    command = conclude(ReceiptStatus(status), acceptance=ACCEPTANCE, at=NOW)
    assert isinstance(command, RecordFailed)
    assert (command.kind, command.reason, command.acceptance) == (kind, status, ACCEPTANCE)


def test_a_good_receipt_delivers_and_an_empty_one_says_nothing() -> None:
    assert isinstance(conclude(ReceiptStatus.DELIVERED, acceptance=ACCEPTANCE, at=NOW), RecordDelivered)
    assert [conclude(ReceiptStatus(status), acceptance=ACCEPTANCE, at=NOW) for status in ("accepted", "unknown")] == [
        None,
        None,
    ]


def test_pauses_grow_to_a_limit_and_keep_to_what_was_asked() -> None:
    seconds = [pause_before(number, chance=1.0).total_seconds() for number in (1, 2, 3, 9, 10, 1_000)]
    assert seconds == [2, 4, 8, 512, 900, 900]
    assert pause_before(1, chance=0.0, asked=7.5).total_seconds() == 7.5


def test_a_message_is_given_up_after_three_days() -> None:
    assert [given_up(since=NOW, next_at=NOW + PATIENCE * share) for share in (1, 1.001)] == [False, True]
