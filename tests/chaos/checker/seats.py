"""The seats of each meeting, told again from its facts in the order of their numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.checker.history_index import HistoryIndex, word_of
from tests.chaos.history import Fact

MEETING: Final = "/eoffice/registration/meeting"
SEATED: Final = ("confirmed", "waitlisted")
AWAITS_PROOF: Final = "awaiting-proof"
PHASES: Final = {
    "meeting-drafted": "draft",
    "meeting-opened": "open",
    "meeting-started": "in-session",
    "meeting-held": "held",
    "meeting-closed": "closed",
    "meeting-cancelled": "cancelled",
}


@dataclass(slots=True)
class Seat:
    """One answer: `position` counts up as the row does, `tickets` are the serial numbers issued for it.

    `represents`: the person whose place it takes. `again`: its number is another registration's, whose person is told
    of that one, and not of this while it is as it began.
    """

    person: str
    state: str
    fact: Fact
    position: int | None = None
    checked_in: bool = False
    again: bool = False
    represents: str | None = None
    tickets: list[Fact] = field(default_factory=list)


@dataclass(slots=True)
class Seating:
    """A meeting after one of its facts; `queue`: who waits, in the order of position; `hosts`: chair and contacts."""

    identifier: str
    capacity: int = 0
    queues: bool = True
    phase: str = "absent"
    moved: int = 0
    queue_last: int = 0
    seats: dict[str, Seat] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    queue: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def told(self) -> list[tuple[str, str]]:
        """The persons whom a change of the meeting concerns, and as what."""
        seats = [(seat.person, seat.state) for seat in self.seats.values() if seat.state in SEATED]
        return [*((person, "host") for person in sorted(self.hosts)), *seats]


def replay(history: HistoryIndex, meeting: str) -> Iterator[tuple[Fact, Seating]]:
    """Each fact with the seating before it; the seating changes as soon as the next one is asked for."""
    seating = Seating(meeting)
    for fact in _numbered(history, meeting):
        yield fact, seating
        _follow(seating, fact)


def seating_of(history: HistoryIndex, meeting: str) -> Seating:
    """The meeting after its last fact."""
    seating = Seating(meeting)
    for fact in _numbered(history, meeting):
        _follow(seating, fact)
    return seating


def seatings(history: HistoryIndex) -> Mapping[str, Seating]:
    """All meetings after their last facts."""
    return {subject: seating_of(history, subject) for source, subject in history.streams if source == MEETING}


def _numbered(history: HistoryIndex, meeting: str) -> list[Fact]:
    """The facts of a meeting, each once, by their numbers."""
    facts = {fact.event_id: fact for fact in history.streams.get((MEETING, meeting), ())}
    return sorted(facts.values(), key=lambda fact: fact.sequence)


def _follow(seating: Seating, fact: Fact) -> None:
    word = word_of(fact)
    seating.phase = PHASES.get(word, seating.phase)
    if word in _STEPS:
        _STEPS[word](seating, fact)


def _drafted(seating: Seating, fact: Fact) -> None:
    seating.capacity = int(fact.refs["capacity"])
    seating.hosts |= {fact.refs["chair"]} if "chair" in fact.refs else set()
    seating.queues = fact.refs.get("waiting_list") == "automatic" and fact.refs.get("policy") == "open"


def _invited(seating: Seating, fact: Fact) -> None:
    seating.hosts |= {fact.refs["contact"]} if "contact" in fact.refs else set()


def _moved(seating: Seating, _fact: Fact) -> None:
    seating.moved += 1


def _registered(seating: Seating, fact: Fact) -> None:
    _seat(seating, fact, state=fact.refs["state"])
    if "position" in fact.refs:
        seating.queue_last += 1
        seating.seats[fact.refs["registration_id"]].position = seating.queue_last
        seating.queue.append(fact.refs["registration_id"])
    else:
        seating.confirmed.add(fact.refs["registration_id"])


def _represented(seating: Seating, fact: Fact) -> None:
    _leave(seating, fact.refs["represented_registration_id"], "represented")
    _seat(seating, fact, state="confirmed")
    seating.seats[fact.refs["registration_id"]].represents = fact.refs["represented_person_id"]
    seating.confirmed.add(fact.refs["registration_id"])


def _requested(seating: Seating, fact: Fact) -> None:
    _seat(seating, fact, state=AWAITS_PROOF)


def _declined(seating: Seating, fact: Fact) -> None:
    _seat(seating, fact, state="declined")


def _promoted(seating: Seating, fact: Fact) -> None:
    _leave(seating, fact.refs["registration_id"], "confirmed")
    seating.confirmed.add(fact.refs["registration_id"])
    if fact.refs["registration_id"] in seating.seats:
        seating.seats[fact.refs["registration_id"]].again = False


def _withdrawn(seating: Seating, fact: Fact) -> None:
    _leave(seating, fact.refs["registration_id"], "withdrawn")


def _ticketed(seating: Seating, fact: Fact) -> None:
    seat = seating.seats.get(fact.refs["registration_id"])
    if seat is not None:
        seat.tickets.append(fact)


def _came(seating: Seating, fact: Fact) -> None:
    seat = seating.seats.get(fact.refs["registration_id"])
    if seat is not None:
        seat.checked_in = True


def _seat(seating: Seating, fact: Fact, *, state: str) -> None:
    again = "repeats" in fact.refs
    seating.seats[fact.refs["registration_id"]] = Seat(fact.refs["person_id"], state=state, fact=fact, again=again)


def _leave(seating: Seating, registration: str, state: str) -> None:
    """Give up a seat or a place in the queue for another state; whoever is not there changes nothing."""
    seating.confirmed.discard(registration)
    if registration in seating.queue:
        seating.queue.remove(registration)
    seat = seating.seats.get(registration)
    if seat is not None:
        seat.state, seat.position = state, None


_STEPS: Final[Mapping[str, Callable[[Seating, Fact], None]]] = {
    "meeting-drafted": _drafted,
    "meeting-rescheduled": _moved,
    "organisation-invited": _invited,
    "participant-registered": _registered,
    "participant-represented": _represented,
    "invitation-declined": _declined,
    "participant-promoted": _promoted,
    "participation-requested": _requested,
    "participant-withdrawn": _withdrawn,
    "request-withdrawn": _withdrawn,
    "ticket-issued": _ticketed,
    "participant-checked-in": _came,
}
