"""Who sits: every meeting is told again, fact by fact."""

from collections.abc import Iterator

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex, word_of
from tests.chaos.checker.seats import MEETING, Seating, replay
from tests.chaos.history import Fact


def meeting_overbooked(history: HistoryIndex) -> Iterator[Flaw]:
    """At no moment are more seats confirmed than a meeting has."""
    for fact, seating in _moments(history):
        if word_of(fact) in ("participant-registered", "participant-promoted") and _over(fact, seating):
            what = f"{len(seating.confirmed) + 1} confirmed of {seating.capacity} at {fact.sequence}"
            yield Flaw(about=f"meeting {seating.identifier}", what=what, proof=(fact,))


def promoted_out_of_turn(history: HistoryIndex) -> Iterator[Flaw]:
    """Who moves up is the head of the queue."""
    for fact, seating in _moments(history):
        head = next(iter(seating.queue), None)
        if word_of(fact) == "participant-promoted" and fact.refs["registration_id"] != head:
            what = f"{fact.refs['registration_id']} moved up at {fact.sequence}, the head of the queue was {head}"
            yield Flaw(about=f"meeting {seating.identifier}", what=what, proof=(fact,))


def queued_out_of_turn(history: HistoryIndex) -> Iterator[Flaw]:
    """Who joins the queue stands at its end, and does so only while no seat is free."""
    for fact, seating in _moments(history):
        if word_of(fact) != "participant-registered" or fact.refs["state"] != "waitlisted":
            continue
        position = int(fact.refs.get("position", 0))
        if position != len(seating.queue) + 1:
            what = f"position {position} at {fact.sequence}, {len(seating.queue)} people waited"
            yield Flaw(about=f"meeting {seating.identifier}", what=what, proof=(fact,))
        if len(seating.confirmed) < seating.capacity:
            what = f"queued at {fact.sequence} with {len(seating.confirmed)} of {seating.capacity} seats taken"
            yield Flaw(about=f"meeting {seating.identifier}", what=what, proof=(fact,))


def freed_seat_left_empty(history: HistoryIndex) -> Iterator[Flaw]:
    """A seat that was given up is the queue's at once: the next fact is the promotion."""
    for meeting in _meetings(history):
        freed: Fact | None = None
        for fact, seating in replay(history, meeting):
            if freed is not None and word_of(fact) != "participant-promoted":
                yield _left_empty(meeting, freed)
            frees = word_of(fact) == "participant-withdrawn" and fact.refs.get("was") == "confirmed"
            freed = fact if frees and seating.queue and seating.queues else None
        if freed is not None:
            yield _left_empty(meeting, freed)


def _left_empty(meeting: str, freed: Fact) -> Flaw:
    what = f"a seat was given up at {freed.sequence}, nobody moved up"
    return Flaw(about=f"meeting {meeting}", what=what, proof=(freed,))


def _meetings(history: HistoryIndex) -> list[str]:
    return [subject for source, subject in history.streams if source == MEETING]


def _moments(history: HistoryIndex) -> Iterator[tuple[Fact, Seating]]:
    for meeting in _meetings(history):
        yield from replay(history, meeting)


def _over(fact: Fact, seating: Seating) -> bool:
    takes = word_of(fact) == "participant-promoted" or fact.refs["state"] == "confirmed"
    return takes and len(seating.confirmed) >= seating.capacity
