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
from tests.chaos.planted.planting import UNUSED, Plot

Break: TypeAlias = Callable[[Plot], object]
OPINION: Final = "opinion-recorded"


def fact_lost(plot: Plot) -> None:
    fact = plot.fact(OPINION)
    plot.drop(fact, *plot.all(Taken, event_id=fact.event_id), *plot.all(Effect, ref=fact.event_id))
    for repeat in plot.all(Fact, event_id=fact.event_id):
        plot.drop(repeat)


def derived_fact_lost(plot: Plot) -> None:
    fact = plot.fact("message-sent")
    plot.drop(*plot.all(Fact, event_id=fact.event_id))
    plot.drop(*plot.all(Taken, event_id=fact.event_id), *plot.all(Effect, ref=fact.event_id))


def swapped(plot: Plot) -> None:
    first, second = plot.all(Fact, type=plot.fact(OPINION).type)[:2]
    plot.change(first, offset=second.offset).change(second, offset=first.offset)


def partition_changed(plot: Plot) -> None:
    fact = plot.fact("minutes-filed")
    plot.drop(*plot.all(Fact, event_id=fact.event_id))
    plot.add(replace(fact, partition=(fact.partition + 1) % 6, offset=fact.offset + 1_000))


def same_sequence(plot: Plot) -> None:
    fact = plot.fact("message-delivered")
    plot.plant(replace(plot.next_after(fact), sequence=fact.sequence))


def unacknowledged_twice(plot: Plot) -> None:
    command = plot.first(Unanswered, why="ReadTimeout", id=lambda key: not plot.all(Answered, id=key)).id
    _another_opinion(plot, trace=command)


def acknowledged_twice(plot: Plot) -> None:
    _another_opinion(plot, trace=plot.fact(OPINION).trace)


def by_nobody(plot: Plot) -> None:
    _another_opinion(plot, trace=UNUSED)


def by_another_command(plot: Plot) -> None:
    _another_opinion(plot, trace=plot.fact("participant-registered").trace)


def although_refused(plot: Plot) -> None:
    refused = plot.first(Answered, result={"code": "WrongPhase"}).id
    _another_opinion(plot, trace=refused)


def _another_opinion(plot: Plot, *, trace: str) -> None:
    fact = plot.fact(OPINION)
    plot.plant(plot.next_after(fact, trace=trace, refs=fact.refs | {"opinion_id": UNUSED}))
    plot.add(Row(service="minutes", table="opinion", id=UNUSED))


def row_told_twice(plot: Plot) -> None:
    fact = plot.fact("check-in-refused")
    plot.add(Invoked(at=1.0, id=UNUSED, service="registration", command="check-in", target=fact.subject))
    plot.add(Answered(at=2.0, id=UNUSED, status=200))
    plot.plant(plot.next_after(fact, trace=UNUSED))


def answered_otherwise(plot: Plot) -> None:
    answer = plot.first(Answered, replayed=True)
    plot.add(replace(answer, result={"opinion_id": UNUSED}))


def refused_afterwards(plot: Plot) -> None:
    answer = plot.first(Answered, status=201)
    plot.add(replace(answer, status=409, result={"code": "AlreadyRegistered"}))


def consequence_lost(plot: Plot) -> None:
    """Minutes of a meeting that was opened last were never begun."""
    fact = plot.all(Fact, type="minutes.minutes-started.v1")[-1]
    plot.drop(*plot.all(Fact, event_id=fact.event_id), *plot.all(Taken, event_id=fact.event_id))
    plot.drop(*plot.all(Effect, ref=fact.event_id), *plot.all(Row, table="minutes", id=fact.subject))
    plot.drop(*plot.all(Position, subject=fact.subject))


def consequence_twice(plot: Plot) -> None:
    plot.plant(plot.next_after(plot.fact("news-collected")))


def consequence_of_nothing(plot: Plot) -> None:
    fact = plot.fact("news-collected")
    plot.plant(plot.next_after(fact, refs=fact.refs | {"meeting_id": UNUSED}))


def no_ticket(plot: Plot) -> None:
    """The last ticket of all was never issued, nor sent."""
    tickets = {fact.event_id: fact for fact in plot.all(Fact, type="registration.ticket-issued.v1")}
    fact = list(tickets.values())[-1]  # by its first record: some come again at the end
    seat = plot.first(Row, table="registration", id=fact.refs["registration_id"])
    plot.columns(seat, ticket_serial=0)
    meeting = plot.first(Row, table="meeting", id=fact.subject)
    plot.change(meeting, version=fact.sequence - 1)
    plot.drop(*plot.all(Fact, event_id=fact.event_id), *plot.all(Taken, event_id=fact.event_id))
    for position in plot.all(Position, subject=fact.subject):
        plot.change(position, seq=fact.sequence - 1)
    plot.drop(*plot.all(Effect, ref=fact.event_id, what="fact"))


def ticket_twice(plot: Plot) -> None:
    fact = plot.all(Fact, type="registration.ticket-issued.v1")[-1]
    another = plot.next_after(fact, refs=fact.refs | {"serial": "9"})
    plot.plant(another)
    seat = plot.first(Row, table="registration", id=fact.refs["registration_id"])
    plot.columns(seat, ticket_serial=2)
    for message in plot.all(Effect, service="notification", what="message", ref=fact.event_id):
        plot.add(replace(message, ref=another.event_id))


def letter(plot: Plot, topic: str, state: str) -> None:
    plot.add(Letter(service="minutes", topic=topic, partition=0, offset=9_999, state=state, error="TypeError"))


def number_skipped(plot: Plot) -> None:
    last = plot.all(Number, series=lambda series: series.startswith("decisions"))[-1]
    plot.change(last, number=last.number + 1)


def number_promised(plot: Plot) -> None:
    row = plot.first(Row, table="number_series")
    plot.columns(row, last=int(row.columns["last"] or 0) + 1)


def sent_twice(plot: Plot) -> None:
    certain = plot.first(Attempt, outcome="sent", channel="email", number=1)
    plot.change(plot.first(Gateway, key=certain.message_id), requests=2, accepted=2)


def two_attempts_sent(plot: Plot) -> None:
    """Both attempts are marked sent, and the provider was asked twice."""
    plot.change(plot.first(Attempt, outcome="unknown"), outcome="sent")


def never_received(plot: Plot) -> None:
    certain = plot.first(Attempt, outcome="sent", channel="sms", number=1)
    plot.drop(plot.first(Gateway, key=certain.key))


def version_behind(plot: Plot) -> None:
    row = plot.first(Row, table="minutes")
    plot.change(row, version=(row.version or 0) - 1)


def leases(**members: int) -> Break:
    return lambda plot: plot.change(plot.first(Leases), **members)


def outbox(**members: int) -> Break:
    return lambda plot: plot.change(plot.first(Outbox), **members)


def stray_effect(service: str, what: str) -> Break:
    return lambda plot: plot.add(Effect(service=service, what=what, ref=UNUSED, id=UNUSED))


def effect_gone(service: str, what: str) -> Break:
    return lambda plot: plot.drop(plot.first(Effect, service=service, what=what))


def effect_again(service: str, what: str) -> Break:
    return lambda plot: plot.add(replace(plot.first(Effect, service=service, what=what), id=UNUSED))


def acknowledged_for_nothing(plot: Plot) -> None:
    plot.add(Invoked(at=1.0, id=UNUSED, service="minutes", command="opinion", target=plot.fact(OPINION).subject))
    plot.add(Answered(at=2.0, id=UNUSED, status=201, result={"opinion_id": UNUSED}))
