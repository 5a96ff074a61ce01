"""What each service has taken, against what is on the bus for it."""

from collections.abc import Iterator

from shared.contracts import SERVICE_NAMES
from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.checker.vocabulary import hears
from tests.chaos.history import Position


def fact_not_taken(history: HistoryIndex) -> Iterator[Flaw]:
    """Every service has taken every fact of its topics."""
    for service in SERVICE_NAMES:
        taken = history.taken.get(service, {})
        for fact in history.facts.values():
            if hears(service, fact.topic) and (fact.source, fact.event_id) not in taken:
                yield Flaw(about=fact.event_id, what=f"{fact.type} was not taken by {service}", proof=(fact,))


def fact_taken_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No service has taken a fact twice."""
    for service, inbox in history.taken.items():
        for (_, event), taken in inbox.items():
            if len(taken) > 1:
                yield Flaw(about=event, what=f"{len(taken)} times in the inbox of {service}", proof=tuple(taken))


def taken_but_never_sent(history: HistoryIndex) -> Iterator[Flaw]:
    """Nothing was taken that is not on the bus."""
    poisoned = {(fact.source, fact.event_id) for fact in history.poisoned}
    for service, inbox in history.taken.items():
        for (source, event), taken in inbox.items():
            if event not in history.facts and (source, event) not in poisoned:
                yield Flaw(about=event, what=f"taken by {service}, not on the bus", proof=tuple(taken))


def position_wrong(history: HistoryIndex) -> Iterator[Flaw]:
    """How far a service has come with an aggregate is how far the aggregate has come, and no number is missing."""
    poisoned = {(fact.source, fact.subject) for fact in history.poisoned}
    for position in history.of(Position):
        facts = history.streams.get((position.source, position.subject), [])
        last = max((fact.sequence for fact in facts), default=0)
        if (position.source, position.subject) in poisoned:
            continue  # a poison may have moved it
        if position.missing or position.seq != last:
            what = f"{position.service} is at {position.seq} of {last}, missing: {position.missing or 'none'}"
            yield Flaw(about=position.subject, what=what, proof=(position, *facts[-1:]))


def position_missing(history: HistoryIndex) -> Iterator[Flaw]:
    """Every service knows how far it has come with each aggregate that it hears of."""
    kept = {(position.service, position.source, position.subject) for position in history.of(Position)}
    for (source, subject), facts in history.streams.items():
        for service in SERVICE_NAMES:
            if hears(service, facts[0].topic) and (service, source, subject) not in kept:
                yield Flaw(about=subject, what=f"{service} has no position", proof=(facts[0],))
