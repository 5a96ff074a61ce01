"""A meeting's seats and its queue in plain Python, written without a look at the rules of the service."""

from collections.abc import Sequence
from dataclasses import dataclass, field

EVERYBODY = 1_000_000


@dataclass(slots=True)
class SeatingModel:
    """Who sits, who waits in which order and together with whom, and who has asked; people are numbers.

    `limits`: organisation → seats kept for it, and the most that its people may have.
    """

    capacity: int
    limits: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    passing: bool = False
    by_hand: bool = False
    approval: bool = False
    body: dict[int, str] = field(default_factory=dict)
    seated: list[int] = field(default_factory=list)
    queue: list[list[int]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    @property
    def order(self) -> list[int]:
        """Everybody who waits, in the order of the queue."""
        return [person for party in self.queue for person in party]

    def place(self, person: int) -> int | None:
        return self.order.index(person) + 1 if person in self.order else None

    def come(self, people: Sequence[int], body: str) -> str:
        """People of one organisation, who come together: where they are now; refused where so many can never sit."""
        if len(people) > 1 and len(people) > min(self.capacity, self.most(body)):
            return "refused"
        self.body |= dict.fromkeys(people, body)
        if self.approval:
            self.asked += people
            return "requested"
        return self.let_in(people, body)

    def let_in(self, people: Sequence[int], body: str) -> str:
        others_first = bool(self.queue) and (self.by_hand or any(self.next_are_for(party) for party in self.queue))
        if len(people) <= (self.own_seats(body) if others_first else self.seats(body)):
            self.seated += people
            return "confirmed"
        self.queue.append([*people])
        return "waitlisted"

    def approve(self, person: int) -> str:
        self.asked.remove(person)
        return self.let_in([person], self.body[person])

    def leave(self, person: int) -> None:
        """Somebody gives up what he has; who can moves up."""
        for group in (self.seated, self.asked, *self.queue):
            if person in group:
                group.remove(person)
        self.move_up()

    def move_up(self) -> None:
        """The queue from its head: each party that fits sits down, unless one before it is to have the seats."""
        self.queue = [party for party in self.queue if party]
        waiting, held_up = self.queue, self.by_hand
        self.queue = []
        for party in waiting:
            body = self.body[party[0]]
            if not self.by_hand and len(party) <= (self.own_seats(body) if held_up else self.seats(body)):
                self.seated += party
                continue
            held_up = held_up or self.next_are_for(party)
            self.queue.append(party)

    def next_are_for(self, party: Sequence[int]) -> bool:
        body = self.body[party[0]]
        return not self.passing and len(party) <= self.most(body) - self.sitting(body)

    def sitting(self, body: str) -> int:
        return sum(self.body[person] == body for person in self.seated)

    def most(self, body: str) -> int:
        limit = self.limits.get(body, (0, None))[1]
        return self.capacity + self.sitting(body) if limit is None else limit

    def kept(self, body: str) -> int:
        return max(self.limits.get(body, (0, None))[0] - self.sitting(body), 0)

    def own_seats(self, body: str) -> int:
        """Free seats that are kept for an organisation."""
        free = max(self.capacity - len(self.seated), 0)
        return min(self.kept(body), free, max(self.most(body) - self.sitting(body), 0))

    def seats(self, body: str) -> int:
        """Free seats that people of an organisation can have."""
        others = sum(self.kept(other) for other in self.limits if other != body)
        free = self.capacity - len(self.seated) - others
        return max(min(free, self.most(body) - self.sitting(body)), self.own_seats(body), 0)
