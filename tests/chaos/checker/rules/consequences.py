"""Facts that follow from facts: of each meeting once, and none without its cause."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.checker.seats import seatings
from tests.chaos.history import Fact

FOLLOWS: Final = (
    ("meeting-drafted", "record-opened"),
    ("meeting-opened", "minutes-started"),
    ("meeting-held", "minutes-drafted"),
    ("minutes-approved", "minutes-signed"),
    ("minutes-published", "news-published"),
    ("minutes-published", "minutes-collected"),
    ("news-published", "news-collected"),
    ("news-published", "record-completed"),
    ("record-completed", "sealing-begun"),
    ("sealing-begun", "record-sealed"),
    ("record-sealed", "minutes-filed"),
)
"""Cause and consequence, both of one meeting."""

REPEATABLE: Final = frozenset({"minutes-drafted"})
ADMITTING: Final = ("open", "in-session")


def consequence_missing(history: HistoryIndex) -> Iterator[Flaw]:
    """What follows from a fact has followed."""
    for cause, consequence in FOLLOWS:
        followed = _by_meeting(history, consequence)
        for meeting, facts in _by_meeting(history, cause).items():
            if meeting not in followed:
                yield Flaw(about=f"meeting {meeting}", what=f"{cause}, but no {consequence}", proof=tuple(facts))


def consequence_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """Nothing has followed twice."""
    for consequence in {word for _, word in FOLLOWS} - REPEATABLE:
        for meeting, facts in _by_meeting(history, consequence).items():
            if len(facts) > 1:
                yield Flaw(about=f"meeting {meeting}", what=f"{len(facts)} of {consequence}", proof=tuple(facts))


def consequence_without_cause(history: HistoryIndex) -> Iterator[Flaw]:
    """Nothing has followed from nothing."""
    for cause, consequence in FOLLOWS:
        causes = _by_meeting(history, cause)
        for meeting, facts in _by_meeting(history, consequence).items():
            if meeting not in causes:
                yield Flaw(about=f"meeting {meeting}", what=f"{consequence}, but no {cause}", proof=tuple(facts))
    seated = {identifier for seating in seatings(history).values() for identifier in seating.seats}
    for fact in history.said("ticket-issued"):
        if fact.refs["registration_id"] not in seated:
            yield Flaw(
                about=f"registration {fact.refs['registration_id']}", what="a ticket, but no seat", proof=(fact,)
            )


def ticket_missing(history: HistoryIndex) -> Iterator[Flaw]:
    """Who has a seat in a meeting that is not over has a ticket."""
    for seating in seatings(history).values():
        for identifier, seat in seating.seats.items():
            if seating.phase in ADMITTING and seat.state == "confirmed" and not seat.tickets:
                yield Flaw(about=f"registration {identifier}", what="a seat, but no ticket", proof=(seat.fact,))


def ticket_issued_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """A ticket is issued once for each time that its meeting is set."""
    for seating in seatings(history).values():
        for identifier, seat in seating.seats.items():
            serials = Counter(fact.refs["serial"] for fact in seat.tickets)
            if len(seat.tickets) > 1 + seating.moved or max(serials.values(), default=1) > 1:
                what = f"{len(seat.tickets)} tickets, the meeting was moved {seating.moved} times"
                yield Flaw(about=f"registration {identifier}", what=what, proof=tuple(seat.tickets))


def _by_meeting(history: HistoryIndex, word: str) -> dict[str, list[Fact]]:
    facts: dict[str, list[Fact]] = defaultdict(list)
    for fact in history.said(word):
        facts[fact.refs["meeting_id"]].append(fact)
    return facts
