"""The consumer groups of the Kafka model: members, generations, who is put out, whose commits are refused."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

if TYPE_CHECKING:
    from tests.model.cluster import Kafka

SESSION = 10.0  # seconds
REBALANCE = 60.0


@dataclass(eq=False, slots=True)
class Member:
    """A member as its coordinator knows it; `in_hand` is what its handler is at work on, for the checks."""

    number: int
    joining: "asyncio.Future[tuple[int, set[TopicPartition]]] | None" = None
    heard_at: float = 0.0
    assigned: set[TopicPartition] = field(default_factory=set)
    in_hand: set[TopicPartition] = field(default_factory=set)


class Rejoin(Exception):
    """The coordinator wants the member to join (again)."""


class Group:
    """A consumer group and its coordinator. `overlaps` are partitions given away while their owner was at work."""

    def __init__(self, kafka: "Kafka") -> None:
        self.committed: dict[TopicPartition, int] = {}
        self.overlaps: list[TopicPartition] = []
        self.generation = 0
        self._kafka = kafka
        self._topics: set[str] = set()
        self._members: dict[int, Member] = {}
        self._numbers = 0
        self._rebalancing_since: float | None = None
        self._watch = kafka.loop.outside_task(self._watching())

    def join(self, number: int | None, topics: Iterable[str]) -> "tuple[int, asyncio.Future[Any]]":
        """Take part in the next generation; the future has its number and the partitions."""
        self._topics |= set(topics)
        if number is None or number not in self._members:
            self._numbers += 1
            number = self._numbers
            self._members[number] = Member(number)
        member = self._members[number]
        member.joining = joined = self._kafka.loop.create_future()
        member.heard_at = self._kafka.loop.time()
        self._kafka.loop.note(f"member {number} joins")
        self._disturb()
        self._settle()
        return number, joined

    def leave(self, number: int) -> None:
        """Say good-bye."""
        if self._members.pop(number, None) is not None:
            self._kafka.loop.note(f"member {number} leaves")
            self._disturb()

    def heartbeat(self, number: int, generation: int) -> None:
        """Raises `Rejoin`."""
        if number not in self._members or generation != self.generation:
            raise Rejoin
        self._members[number].heard_at = self._kafka.loop.time()
        if self._rebalancing_since is not None:
            raise Rejoin

    def commit(self, number: int, generation: int, offsets: dict[TopicPartition, int]) -> None:
        """Keep offsets; raises `CommitFailedError` for who is not of this generation."""
        if number not in self._members or generation != self.generation:
            raise CommitFailedError
        self.committed.update(offsets)
        self._kafka.loop.note(f"group committed {sorted((one.partition, at) for one, at in offsets.items())}")

    def at_work(self, number: int, partitions: set[TopicPartition]) -> None:
        """Note what a member's handler is at work on."""
        if number in self._members:
            self._members[number].in_hand = partitions

    def lag(self) -> int:
        """How many records are not committed."""
        logs = self._kafka.logs
        return sum(len(logs[one]) - self.committed.get(one, 0) for one in logs if one.topic in self._topics)

    def _disturb(self) -> None:
        if self._rebalancing_since is None and self._members:
            self._rebalancing_since = self._kafka.loop.time()

    def _settle(self) -> None:
        """Begin the next generation once all have come."""
        members = sorted(self._members.values(), key=lambda one: one.number)
        if self._rebalancing_since is None or not members or any(one.joining is None for one in members):
            return
        self.generation += 1
        self._rebalancing_since = None
        partitions = sorted(one for one in self._kafka.logs if one.topic in self._topics)
        shares = [set(partitions[place :: len(members)]) for place in range(len(members))]
        for member, share in zip(members, shares, strict=True):
            self.overlaps += [one for one in share if any(one in other.in_hand for other in members)]
            member.assigned = share
            future, member.joining = member.joining, None
            assert future is not None
            if not future.done():
                future.set_result((self.generation, share))
        self._kafka.loop.note(f"group generation {self.generation}: {len(members)}")

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            now = self._kafka.loop.time()
            since = self._rebalancing_since
            late = since is not None and now - since > REBALANCE
            for member in list(self._members.values()):
                silent = member.joining is None and now - member.heard_at > SESSION
                if silent or (late and member.joining is None):
                    self.leave(member.number)
            self._settle()
