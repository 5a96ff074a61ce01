"""Ways of breaking a history that take more than one step; each leaves it as a system would that went wrong once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from tests.chaos.history import (
    Answered,
    Attempt,
    Effect,
    Fact,
    Gateway,
    Invoked,
    Leases,
    Letter,
    Number,
    Outbox,
    Position,
    Row,
    Taken,
    Unanswered,
)
from tests.chaos.planted.editable_history import UNUSED, EditableHistory

Break: TypeAlias = Callable[[EditableHistory], object]
OPINION: Final = "opinion-recorded"


def fact_lost(history: EditableHistory) -> None:
    fact = history.fact(OPINION)
    history.drop(fact, *history.all(Taken, event_id=fact.event_id), *history.all(Effect, ref=fact.event_id))
    for repeat in history.all(Fact, event_id=fact.event_id):
        history.drop(repeat)


def derived_fact_lost(history: EditableHistory) -> None:
    fact = history.fact("message-sent")
    history.drop(*history.all(Fact, event_id=fact.event_id))
    history.drop(*history.all(Taken, event_id=fact.event_id), *history.all(Effect, ref=fact.event_id))


def swapped(history: EditableHistory) -> None:
    first, second = history.all(Fact, type=history.fact(OPINION).type)[:2]
    history.change(first, offset=second.offset).change(second, offset=first.offset)


def partition_changed(history: EditableHistory) -> None:
    fact = history.fact("minutes-filed")
    history.drop(*history.all(Fact, event_id=fact.event_id))
    history.add(replace(fact, partition=(fact.partition + 1) % 6, offset=fact.offset + 1_000))


def same_sequence(history: EditableHistory) -> None:
    fact = history.fact("message-delivered")
    history.plant(replace(history.next_after(fact), sequence=fact.sequence))


def unacknowledged_twice(history: EditableHistory) -> None:
    command = history.first(Unanswered, why="ReadTimeout", id=lambda key: not history.all(Answered, id=key)).id
    _another_opinion(history, trace=command)


def acknowledged_twice(history: EditableHistory) -> None:
    _another_opinion(history, trace=history.fact(OPINION).trace)


def by_nobody(history: EditableHistory) -> None:
    _another_opinion(history, trace=UNUSED)


def by_another_command(history: EditableHistory) -> None:
    _another_opinion(history, trace=history.fact("participant-registered").trace)


def although_refused(history: EditableHistory) -> None:
    refused = history.first(Answered, result={"code": "WrongPhase"}).id
    _another_opinion(history, trace=refused)


def _another_opinion(history: EditableHistory, *, trace: str) -> None:
    fact = history.fact(OPINION)
    history.plant(history.next_after(fact, trace=trace, refs=fact.refs | {"opinion_id": UNUSED}))
    history.add(Row(service="minutes", table="opinion", id=UNUSED))


def row_told_twice(history: EditableHistory) -> None:
    fact = history.fact("check-in-refused")
    history.add(Invoked(at=1.0, id=UNUSED, service="registration", command="check-in", target=fact.subject))
    history.add(Answered(at=2.0, id=UNUSED, status=200))
    history.plant(history.next_after(fact, trace=UNUSED))


def answered_otherwise(history: EditableHistory) -> None:
    answer = history.first(Answered, replayed=True)
    history.add(replace(answer, result={"opinion_id": UNUSED}))


def refused_afterwards(history: EditableHistory) -> None:
    answer = history.first(Answered, status=201)
    history.add(replace(answer, status=409, result={"code": "AlreadyRegistered"}))


def consequence_lost(history: EditableHistory) -> None:
    """Minutes of a meeting that was opened last were never begun."""
    fact = history.all(Fact, type="minutes.minutes-started.v1")[-1]
    history.drop(*history.all(Fact, event_id=fact.event_id), *history.all(Taken, event_id=fact.event_id))
    history.drop(*history.all(Effect, ref=fact.event_id), *history.all(Row, table="minutes", id=fact.subject))
    history.drop(*history.all(Position, subject=fact.subject))


def consequence_twice(history: EditableHistory) -> None:
    history.plant(history.next_after(history.fact("news-collected")))


def consequence_of_nothing(history: EditableHistory) -> None:
    fact = history.fact("news-collected")
    history.plant(history.next_after(fact, refs=fact.refs | {"meeting_id": UNUSED}))


def no_ticket(history: EditableHistory) -> None:
    """The last ticket of all was never issued, nor sent."""
    tickets = {fact.event_id: fact for fact in history.all(Fact, type="registration.ticket-issued.v1")}
    fact = list(tickets.values())[-1]  # by its first record: some come again at the end
    seat = history.first(Row, table="registration", id=fact.refs["registration_id"])
    history.columns(seat, ticket_serial=0)
    meeting = history.first(Row, table="meeting", id=fact.subject)
    history.change(meeting, version=fact.sequence - 1)
    history.drop(*history.all(Fact, event_id=fact.event_id), *history.all(Taken, event_id=fact.event_id))
    for position in history.all(Position, subject=fact.subject):
        history.change(position, seq=fact.sequence - 1)
    history.drop(*history.all(Effect, ref=fact.event_id, what="fact"))


def ticket_twice(history: EditableHistory) -> None:
    fact = history.all(Fact, type="registration.ticket-issued.v1")[-1]
    another = history.next_after(fact, refs=fact.refs | {"serial": "9"})
    history.plant(another)
    seat = history.first(Row, table="registration", id=fact.refs["registration_id"])
    history.columns(seat, ticket_serial=2)
    for message in history.all(Effect, service="notification", what="message", ref=fact.event_id):
        history.add(replace(message, ref=another.event_id))


def letter(history: EditableHistory, topic: str, state: str) -> None:
    history.add(Letter(service="minutes", topic=topic, partition=0, offset=9_999, state=state, error="TypeError"))


def number_skipped(history: EditableHistory) -> None:
    last = history.all(Number, series=lambda series: series.startswith("decisions"))[-1]
    history.change(last, number=last.number + 1)


def number_promised(history: EditableHistory) -> None:
    row = history.first(Row, table="number_series")
    history.columns(row, last=int(row.columns["last"] or 0) + 1)


def sent_twice(history: EditableHistory) -> None:
    certain = history.first(Attempt, outcome="sent", channel="email", number=1)
    history.change(history.first(Gateway, key=certain.message_id), requests=2, accepted=2)


def two_attempts_sent(history: EditableHistory) -> None:
    """Both attempts are marked sent, and the provider was asked twice."""
    history.change(history.first(Attempt, outcome="unknown"), outcome="sent")


def never_received(history: EditableHistory) -> None:
    certain = history.first(Attempt, outcome="sent", channel="sms", number=1)
    history.drop(history.first(Gateway, key=certain.key))


def version_behind(history: EditableHistory) -> None:
    row = history.first(Row, table="minutes")
    history.change(row, version=(row.version or 0) - 1)


def leases(**members: int) -> Break:
    return lambda history: history.change(history.first(Leases), **members)


def outbox(**members: int) -> Break:
    return lambda history: history.change(history.first(Outbox), **members)


def stray_effect(service: str, what: str) -> Break:
    return lambda history: history.add(Effect(service=service, what=what, ref=UNUSED, id=UNUSED))


def effect_gone(service: str, what: str) -> Break:
    return lambda history: history.drop(history.first(Effect, service=service, what=what))


def effect_again(service: str, what: str) -> Break:
    return lambda history: history.add(replace(history.first(Effect, service=service, what=what), id=UNUSED))


def acknowledged_for_nothing(history: EditableHistory) -> None:
    history.add(Invoked(at=1.0, id=UNUSED, service="minutes", command="opinion", target=history.fact(OPINION).subject))
    history.add(Answered(at=2.0, id=UNUSED, status=201, result={"opinion_id": UNUSED}))
