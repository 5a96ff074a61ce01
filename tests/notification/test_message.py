"""The life of a message, in the words of its own facts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from services.notification.domain import message as rules
from services.notification.domain.commands import (
    Acceptance,
    CancelMessage,
    Commands,
    ComposeMessage,
    RecordDelivered,
    RecordFailed,
    RecordSent,
    ReleaseMessage,
)
from services.notification.domain.order import Order
from services.notification.domain.sentences import SENTENCES
from services.notification.domain.state import Contact, Message, Status
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.notification import CancelReason, FailureKind
from shared.contracts.registration import MeetingOpened
from shared.kernel import Actor, NotFound
from tests.notification.scenario import KEO, MEETING

NOW = datetime(2022, 9, 1, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": Actor(subject="tests"), "at": NOW}
BOTH = Contact(mobile=True, email=True)
EMAIL_ONLY = Contact(email=True)
NOBODY_KNOWS = Contact()
ERASED = Contact(erased=True)
ACCEPTANCE = Acceptance(attempt=1, parts=1, at=NOW)

SENT = RecordSent(**WHO, acceptance=ACCEPTANCE)
DELIVERED = RecordDelivered(**WHO, acceptance=ACCEPTANCE, delivered_at=NOW)
REFUSED = RecordFailed(**WHO, kind=FailureKind.PERMANENT_FAILURE, reason="bad-address")
UNDELIVERABLE = RecordFailed(**WHO, kind=FailureKind.PERMANENT_FAILURE, reason="undeliverable", acceptance=ACCEPTANCE)
CANCEL = CancelMessage(**WHO, reason=CancelReason.PERSON_ERASED)
RELEASE = ReleaseMessage(**WHO)


def order(*channels: Any, **members: Any) -> Order:
    given = {"meeting_id": MEETING, "person_id": KEO, "cause": derived_id("event"), "template": "registered"}
    return Order(**{**given, "channels": channels or ("sms", "email"), **members})


def compose(*channels: Any, **members: Any) -> ComposeMessage:
    return ComposeMessage(**WHO, order=order(*channels, **members))


def after(*commands: Commands, contact: Contact | None = BOTH, wanted: Order | None = None) -> Message:
    wanted = wanted or order()
    fresh = Message(message_id=wanted.message_id, order=wanted, contact=contact)
    return reduce(lambda message, command: _carried_out(message, command)[0], commands, fresh)


def told(message: Message, command: Commands) -> list[str]:
    """The names of the facts that follow."""
    return [type(fact).__name__ for fact in rules.decide(message, command)]


def known(message: Message, contact: Contact) -> Message:
    return replace(message, contact=contact)


def _carried_out(message: Message, command: Commands) -> tuple[Message, Sequence[Fact]]:
    facts = rules.decide(message, command)
    return reduce(rules.evolve, facts, message), facts


@pytest.mark.parametrize(
    ("channels", "contact", "channel"),
    [
        (("sms", "email"), BOTH, "sms"),
        (("email", "sms"), BOTH, "email"),
        (("sms", "email"), EMAIL_ONLY, "email"),
        (("email", "sms"), Contact(mobile=True), "sms"),
    ],
)
def test_the_first_channel_that_reaches_the_person_is_taken(channels: Any, contact: Contact, channel: str) -> None:
    message = after(compose(*channels), contact=contact, wanted=order(*channels))
    assert (message.status, message.channel) == (Status.CREATED, channel)


def test_a_created_message_is_planned_once_on_its_channel() -> None:
    message, facts = _carried_out(after(), compose())
    planned = [job for fact in facts for job in rules.plan(message, fact)]
    assert message.order is not None
    name, queue = str(message.message_id), message.order.queue("sms")
    assert [(job.kind, job.name, job.key) for job in planned] == [("send-sms", name, queue)]


def test_a_message_is_composed_once() -> None:
    assert told(after(compose()), compose()) == []


def test_the_same_fact_makes_the_same_message_and_another_channel_another() -> None:
    assert order("sms").message_id == order("sms").message_id
    assert len({order("sms").message_id, order("email").message_id, order("sms", template="promoted").message_id}) == 3


def test_a_message_waits_for_a_person_whom_nobody_knows() -> None:
    held = after(compose(), contact=None)
    assert (held.status, told(held, RELEASE)) == (Status.AWAITING_CONTACT, [])


def test_the_arrival_of_the_person_releases_it_once() -> None:
    held = known(after(compose(), contact=None), BOTH)
    released, facts = _carried_out(held, RELEASE)
    assert [type(fact).__name__ for fact in facts] == ["MessageCreated"]
    assert (released.status, told(released, RELEASE)) == (Status.CREATED, [])


@pytest.mark.parametrize(
    ("channels", "reason"), [(("sms", "email"), "no-contact"), (("sms",), "no-mobile"), (("email",), "no-email")]
)
def test_a_person_without_any_address_is_a_technical_failure_and_nothing_is_tried(channels: Any, reason: str) -> None:
    fresh = after(contact=NOBODY_KNOWS, wanted=order(*channels))
    message, facts = _carried_out(fresh, compose(*channels))
    assert [type(fact).__name__ for fact in facts] == ["MessageCreated", "MessageFailed"]
    assert (message.status, message.reason) == (Status.TECHNICAL_FAILURE, reason)
    assert [job for fact in facts for job in rules.plan(fresh, fact)] == []


def test_a_message_that_another_one_stands_in_for_is_not_made() -> None:
    left = order("sms", if_impossible="leave")
    assert told(after(contact=EMAIL_ONLY, wanted=left), ComposeMessage(**WHO, order=left)) == []


def test_a_held_message_that_another_one_stands_in_for_is_cancelled() -> None:
    left = order("sms", if_impossible="leave")
    held = known(after(ComposeMessage(**WHO, order=left), contact=None, wanted=left), EMAIL_ONLY)
    assert _carried_out(held, RELEASE)[0].status is Status.CANCELLED


def test_nobody_who_has_no_address_at_all_is_passed_over_in_silence() -> None:
    left = order("sms", if_impossible="leave")
    message = after(ComposeMessage(**WHO, order=left), contact=NOBODY_KNOWS, wanted=left)
    assert message.status is Status.TECHNICAL_FAILURE


def test_an_erased_person_is_told_nothing() -> None:
    assert told(after(contact=ERASED), compose()) == []
    held = known(after(compose(), contact=None), ERASED)
    assert _carried_out(held, RELEASE)[0].reason == "person-erased"


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        ([SENT], Status.SENT),
        ([SENT, DELIVERED], Status.DELIVERED),
        ([SENT, UNDELIVERABLE], Status.PERMANENT_FAILURE),
        (
            [SENT, RecordFailed(**WHO, kind=FailureKind.EXPIRED, reason="expired", acceptance=ACCEPTANCE)],
            Status.EXPIRED,
        ),
        ([REFUSED], Status.PERMANENT_FAILURE),
        ([RecordFailed(**WHO, kind=FailureKind.TEMPORARY_FAILURE, reason="smtp-450")], Status.TEMPORARY_FAILURE),
        ([CANCEL], Status.CANCELLED),
    ],
)
def test_a_message_ends_as_its_provider_says(commands: list[Commands], status: Status) -> None:
    assert after(compose(), *commands).status is status


@pytest.mark.parametrize("end", [DELIVERED, REFUSED, UNDELIVERABLE, CANCEL])
@pytest.mark.parametrize("late", [SENT, DELIVERED, REFUSED, UNDELIVERABLE, CANCEL, RELEASE])
def test_an_end_is_never_overwritten(end: Commands, late: Commands) -> None:
    assert told(after(compose(), end), late) == []


@pytest.mark.parametrize("receipt", [DELIVERED, UNDELIVERABLE])
def test_a_receipt_tells_first_that_the_provider_had_it(receipt: Commands) -> None:
    last = {"RecordDelivered": "MessageDelivered", "RecordFailed": "MessageFailed"}[type(receipt).__name__]
    assert told(after(compose()), receipt) == ["MessageSent", last]
    assert told(after(compose(), SENT), receipt) == [last]


def test_what_a_provider_has_is_not_cancelled_and_not_sent_again() -> None:
    sent = after(compose(), SENT)
    assert (told(sent, CANCEL), told(sent, SENT)) == ([], [])


def test_what_was_refused_at_once_was_never_sent() -> None:
    assert told(after(compose()), REFUSED) == ["MessageFailed"]


def test_nothing_can_be_recorded_of_a_message_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        rules.decide(Message(message_id=derived_id("none")), SENT)


def test_a_held_message_has_no_provider_to_speak_of_it() -> None:
    held = after(compose(), contact=None)
    assert (told(held, SENT), told(held, DELIVERED), told(held, REFUSED)) == ([], [], [])


def test_a_message_knows_its_own_facts_only() -> None:
    with pytest.raises(TypeError, match="MeetingOpened"):
        rules.evolve(after(compose()), MeetingOpened(meeting_id=MEETING))


def test_every_status_that_is_shown_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Status) - {Status.ABSENT}
