"""Who sits: every meeting is told again, fact by fact."""

from collections.abc import Iterator

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.seats import MEETING, House, replay
from tests.chaos.checker.story import Story, word_of
from tests.chaos.history import Fact


def meeting_overbooked(story: Story) -> Iterator[Flaw]:
    """At no moment are more seats confirmed than a meeting has."""
    for fact, house in _moments(story):
        if word_of(fact) in ("participant-registered", "participant-promoted") and _over(fact, house):
            what = f"{len(house.confirmed) + 1} confirmed of {house.capacity} at {fact.sequence}"
            yield Flaw(about=f"meeting {house.identifier}", what=what, proof=(fact,))


def promoted_out_of_turn(story: Story) -> Iterator[Flaw]:
    """Who moves up is the head of the queue."""
    for fact, house in _moments(story):
        head = next(iter(house.queue), None)
        if word_of(fact) == "participant-promoted" and fact.refs["registration_id"] != head:
            what = f"{fact.refs['registration_id']} moved up at {fact.sequence}, the head of the queue was {head}"
            yield Flaw(about=f"meeting {house.identifier}", what=what, proof=(fact,))


def queued_out_of_turn(story: Story) -> Iterator[Flaw]:
    """Who joins the queue stands at its end, and does so only while no seat is free."""
    for fact, house in _moments(story):
        if word_of(fact) != "participant-registered" or fact.refs["state"] != "waitlisted":
            continue
        position = int(fact.refs.get("position", 0))
        if position != house.queue_last + 1:
            what = f"position {position} at {fact.sequence}, the last one was {house.queue_last}"
            yield Flaw(about=f"meeting {house.identifier}", what=what, proof=(fact,))
        if len(house.confirmed) < house.capacity:
            what = f"queued at {fact.sequence} with {len(house.confirmed)} of {house.capacity} seats taken"
            yield Flaw(about=f"meeting {house.identifier}", what=what, proof=(fact,))


def freed_seat_left_empty(story: Story) -> Iterator[Flaw]:
    """A seat that was given up is the queue's at once: the next fact is the promotion."""
    for meeting in _meetings(story):
        freed: Fact | None = None
        for fact, house in replay(story, meeting):
            if freed is not None and word_of(fact) != "participant-promoted":
                yield _left_empty(meeting, freed)
            frees = word_of(fact) == "participant-withdrawn" and fact.refs.get("was") == "confirmed"
            freed = fact if frees and house.queue and house.queues else None
        if freed is not None:
            yield _left_empty(meeting, freed)


def _left_empty(meeting: str, freed: Fact) -> Flaw:
    what = f"a seat was given up at {freed.sequence}, nobody moved up"
    return Flaw(about=f"meeting {meeting}", what=what, proof=(freed,))


def _meetings(story: Story) -> list[str]:
    return [subject for source, subject in story.streams if source == MEETING]


def _moments(story: Story) -> Iterator[tuple[Fact, House]]:
    for meeting in _meetings(story):
        yield from replay(story, meeting)


def _over(fact: Fact, house: House) -> bool:
    takes = word_of(fact) == "participant-promoted" or fact.refs["state"] == "confirmed"
    return takes and len(house.confirmed) >= house.capacity
