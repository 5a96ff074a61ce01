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
    together: dict[int, int] = field(default_factory=dict)

    @property
    def order(self) -> list[int]:
        """Everybody who waits, in the order of the queue."""
        return [person for party in self.queue for person in party]

    def place(self, person: int) -> int | None:
        return self.order.index(person) + 1 if person in self.order else None

    def come(self, people: Sequence[int], bodies: Sequence[str]) -> str:
        """People who come together, each of one of the organisations: where they are now; refused if they never fit."""
        too_many = any(bodies.count(body) > (self.limit(body) or self.capacity) for body in bodies)
        if len(people) > 1 and (len(people) > self.capacity or too_many):
            return "refused"
        self.body |= dict(zip(people, bodies, strict=True))
        if self.approval:
            self.asked += people
            self.together |= dict.fromkeys(people, people[0])
            return "requested"
        return self.let_in(people)

    def let_in(self, people: Sequence[int]) -> str:
        others_first = bool(self.queue) and (self.by_hand or any(self.next_are_for(party) for party in self.queue))
        if self.fit(people, only_kept=others_first):
            self.seated += people
            return "confirmed"
        self.queue.append([*people])
        return "waitlisted"

    def fit(self, people: Sequence[int], *, only_kept: bool = False) -> bool:
        """Whether there are seats for all of which none is kept for others; `only_kept`: only those kept for them."""
        free = self.capacity - len(self.seated)
        own = all(self.count(people, body) <= self.kept(body) for body in {self.body[one] for one in people})
        kept_then = sum(max(self.kept(body) - self.count(people, body), 0) for body in self.limits)
        spares_others = not only_kept and free - len(people) >= kept_then
        return len(people) <= free and self.within_limits(people) and (own or spares_others)

    def count(self, people: Sequence[int], body: str) -> int:
        return sum(self.body[one] == body for one in people)

    def within_limits(self, people: Sequence[int]) -> bool:
        bodies = {self.body[one] for one in people}
        return all(self.count(people, body) <= self.most(body) - self.sitting(body) for body in bodies)

    def limit(self, body: str) -> int | None:
        return self.limits.get(body, (0, None))[1]

    def approve(self, person: int) -> list[int]:
        """Those who are approved with him: all who have asked together and still ask."""
        party = [one for one in self.asked if self.together[one] == self.together[person]]
        self.asked = [one for one in self.asked if one not in party]
        self.let_in(party)
        return party

    def state(self, person: int) -> str:
        return "confirmed" if person in self.seated else "waitlisted"

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
            if not self.by_hand and self.fit(party, only_kept=held_up):
                self.seated += party
                continue
            held_up = held_up or self.next_are_for(party)
            self.queue.append(party)

    def next_are_for(self, party: Sequence[int]) -> bool:
        return not self.passing and self.within_limits(party)

    def sitting(self, body: str) -> int:
        return sum(self.body[person] == body for person in self.seated)

    def most(self, body: str) -> int:
        limit = self.limit(body)
        return self.capacity + self.sitting(body) if limit is None else limit

    def kept(self, body: str) -> int:
        return max(self.limits.get(body, (0, None))[0] - self.sitting(body), 0)
