"""The seats of each meeting, told again from its facts in the order of their numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.checker.story import Story, word_of
from tests.chaos.history import Fact

MEETING: Final = "/eoffice/registration/meeting"
SEATED: Final = ("confirmed", "waitlisted")
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
    """One answer: `tickets` are the serial numbers issued for it."""

    person: str
    state: str
    fact: Fact
    position: int | None = None
    checked_in: bool = False
    tickets: list[Fact] = field(default_factory=list)


@dataclass(slots=True)
class House:
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


def replay(story: Story, meeting: str) -> Iterator[tuple[Fact, House]]:
    """Each fact with the house before it; the house changes as soon as the next one is asked for."""
    house = House(meeting)
    for fact in _numbered(story, meeting):
        yield fact, house
        _follow(house, fact)


def house_of(story: Story, meeting: str) -> House:
    """The meeting after its last fact."""
    house = House(meeting)
    for fact in _numbered(story, meeting):
        _follow(house, fact)
    return house


def houses(story: Story) -> Mapping[str, House]:
    """All meetings after their last facts."""
    return {subject: house_of(story, subject) for source, subject in story.streams if source == MEETING}


def _numbered(story: Story, meeting: str) -> list[Fact]:
    """The facts of a meeting, each once, by their numbers."""
    facts = {fact.event_id: fact for fact in story.streams.get((MEETING, meeting), ())}
    return sorted(facts.values(), key=lambda fact: fact.sequence)


def _follow(house: House, fact: Fact) -> None:
    word = word_of(fact)
    house.phase = PHASES.get(word, house.phase)
    if word in _STEPS:
        _STEPS[word](house, fact)


def _drafted(house: House, fact: Fact) -> None:
    house.capacity = int(fact.refs["capacity"])
    house.hosts |= {fact.refs["chair"]} if "chair" in fact.refs else set()
    house.queues = fact.refs.get("waiting_list") == "automatic" and fact.refs.get("policy") == "open"


def _invited(house: House, fact: Fact) -> None:
    house.hosts |= {fact.refs["contact"]} if "contact" in fact.refs else set()


def _moved(house: House, _fact: Fact) -> None:
    house.moved += 1


def _registered(house: House, fact: Fact) -> None:
    position = int(fact.refs["position"]) if "position" in fact.refs else None
    _seat(house, fact, state=fact.refs["state"])
    if position is not None:
        house.seats[fact.refs["registration_id"]].position = position
        house.queue_last = position
        house.queue.append(fact.refs["registration_id"])
    else:
        house.confirmed.add(fact.refs["registration_id"])


def _represented(house: House, fact: Fact) -> None:
    _leave(house, fact.refs["represented_registration_id"], "represented")
    _seat(house, fact, state="confirmed")
    house.confirmed.add(fact.refs["registration_id"])


def _declined(house: House, fact: Fact) -> None:
    _seat(house, fact, state="declined")


def _promoted(house: House, fact: Fact) -> None:
    _leave(house, fact.refs["registration_id"], "confirmed")
    house.confirmed.add(fact.refs["registration_id"])


def _withdrawn(house: House, fact: Fact) -> None:
    _leave(house, fact.refs["registration_id"], "withdrawn")


def _ticketed(house: House, fact: Fact) -> None:
    seat = house.seats.get(fact.refs["registration_id"])
    if seat is not None:
        seat.tickets.append(fact)


def _came(house: House, fact: Fact) -> None:
    seat = house.seats.get(fact.refs["registration_id"])
    if seat is not None:
        seat.checked_in = True


def _seat(house: House, fact: Fact, *, state: str) -> None:
    house.seats[fact.refs["registration_id"]] = Seat(person=fact.refs["person_id"], state=state, fact=fact)


def _leave(house: House, registration: str, state: str) -> None:
    """Give up a seat or a place in the queue for another state; whoever is not there changes nothing."""
    house.confirmed.discard(registration)
    if registration in house.queue:
        house.queue.remove(registration)
    seat = house.seats.get(registration)
    if seat is not None:
        seat.state, seat.position = state, None


_STEPS: Final[Mapping[str, Callable[[House, Fact], None]]] = {
    "meeting-drafted": _drafted,
    "meeting-rescheduled": _moved,
    "organisation-invited": _invited,
    "participant-registered": _registered,
    "participant-represented": _represented,
    "invitation-declined": _declined,
    "participant-promoted": _promoted,
    "participant-withdrawn": _withdrawn,
    "ticket-issued": _ticketed,
    "participant-checked-in": _came,
}
