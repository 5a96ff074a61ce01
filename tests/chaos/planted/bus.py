"""The bus of a simulated system: facts get their numbers and places, and are taken by whoever hears them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from shared.contracts import CATALOGUE, TOPICS
from tests.chaos.history import Fact, Position, Record, Taken
from tests.chaos.records import Refs

Place: TypeAlias = tuple[str, int, int]
"""Topic, partition, offset."""

TYPES: Final = {type_.partition(".")[2].rpartition(".v")[0]: type_ for type_ in CATALOGUE}
"""A fact's own name → its wire type."""


@dataclass(slots=True)
class Bus:
    """All facts said so far, as they stand in the topics."""

    facts: list[Fact] = field(default_factory=list)
    repeats: list[Fact] = field(default_factory=list)
    versions: Counter[tuple[str, str]] = field(default_factory=Counter)
    _ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    _made: int = 0

    def identifier(self) -> str:
        """A fresh one; the same in every run."""
        self._made += 1
        return str(UUID(int=self._made, version=4))

    def say(self, word: str, aggregate: str, subject: str, refs: Refs, *, trace: str) -> Fact:
        """The next fact of an aggregate."""
        contract = CATALOGUE[TYPES[word]]
        source = f"/eoffice/{contract.topic.owner}/{aggregate}"
        self.versions[source, subject] += 1
        topic, partition, offset = self.place(contract.topic.name, subject)
        fact = Fact(
            topic=topic,
            partition=partition,
            offset=offset,
            event_id=self.identifier(),
            source=source,
            subject=subject,
            sequence=self.versions[source, subject],
            type=contract.type,
            key=subject,
            trace=trace,
            refs=refs,
        )
        self.facts.append(fact)
        return fact

    def repeat(self, fact: Fact) -> None:
        """Send a fact a second time, as a relay does that was killed before it could delete it."""
        _, _, offset = self.place(fact.topic, fact.subject)
        self.repeats.append(replace(fact, offset=offset))

    def place(self, topic: str, key: str) -> Place:
        """The next free place for a key."""
        partition = sum(key.encode()) % TOPICS[topic].partitions
        self._ends[topic, partition] += 1
        return topic, partition, self._ends[topic, partition]

    def heard(self) -> Iterator[Record]:
        """Everything on the bus, and what the inboxes and positions of its hearers say."""
        yield from self.facts
        yield from self.repeats
        last: dict[tuple[str, str], int] = defaultdict(int)
        topics = {}
        for fact in self.facts:
            last[fact.source, fact.subject] = max(last[fact.source, fact.subject], fact.sequence)
            topics[fact.source, fact.subject] = fact.topic
            for service in TOPICS[fact.topic].readers:
                yield Taken(service=service, source=fact.source, event_id=fact.event_id)
        for (source, subject), sequence in last.items():
            for service in TOPICS[topics[source, subject]].readers:
                yield Position(service=service, source=source, subject=subject, seq=sequence)
