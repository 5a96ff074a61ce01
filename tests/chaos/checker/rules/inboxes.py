"""What each service has taken, against what is on the bus for it."""

from collections.abc import Iterator

from shared.contracts import SERVICE_NAMES
from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.story import Story
from tests.chaos.checker.vocabulary import hears
from tests.chaos.history import Position


def fact_not_taken(story: Story) -> Iterator[Flaw]:
    """Every service has taken every fact of its topics."""
    for service in SERVICE_NAMES:
        taken = story.taken.get(service, {})
        for fact in story.facts.values():
            if hears(service, fact.topic) and (fact.source, fact.event_id) not in taken:
                yield Flaw(about=fact.event_id, what=f"{fact.type} was not taken by {service}", proof=(fact,))


def fact_taken_twice(story: Story) -> Iterator[Flaw]:
    """No service has taken a fact twice."""
    for service, inbox in story.taken.items():
        for (_, event), taken in inbox.items():
            if len(taken) > 1:
                yield Flaw(about=event, what=f"{len(taken)} times in the inbox of {service}", proof=tuple(taken))


def taken_but_never_sent(story: Story) -> Iterator[Flaw]:
    """Nothing was taken that is not on the bus."""
    poisoned = {(fact.source, fact.event_id) for fact in story.poisoned}
    for service, inbox in story.taken.items():
        for (source, event), taken in inbox.items():
            if event not in story.facts and (source, event) not in poisoned:
                yield Flaw(about=event, what=f"taken by {service}, not on the bus", proof=tuple(taken))


def position_wrong(story: Story) -> Iterator[Flaw]:
    """How far a service has come with an aggregate is how far the aggregate has come, and no number is missing."""
    poisoned = {(fact.source, fact.subject) for fact in story.poisoned}
    for position in story.of(Position):
        facts = story.streams.get((position.source, position.subject), [])
        last = max((fact.sequence for fact in facts), default=0)
        if (position.source, position.subject) in poisoned:
            continue  # a poison may have moved it
        if position.missing or position.seq != last:
            what = f"{position.service} is at {position.seq} of {last}, missing: {position.missing or 'none'}"
            yield Flaw(about=position.subject, what=what, proof=(position, *facts[-1:]))


def position_missing(story: Story) -> Iterator[Flaw]:
    """Every service knows how far it has come with each aggregate that it hears of."""
    kept = {(position.service, position.source, position.subject) for position in story.of(Position)}
    for (source, subject), facts in story.streams.items():
        for service in SERVICE_NAMES:
            if hears(service, facts[0].topic) and (service, source, subject) not in kept:
                yield Flaw(about=subject, what=f"{service} has no position", proof=(facts[0],))
