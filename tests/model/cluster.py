"""The brokers of the Kafka model: logs of partitions, and a network that takes its time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from aiokafka import TopicPartition
from aiokafka.errors import ProducerFenced
from aiokafka.producer.transaction_manager import PidAndEpoch

from tests.model.groups import Group
from tests.model.scheduler import Scheduler

NETWORK_DELAYS = (0.001, 0.002, 0.01, 0.05)  # seconds
AWAY_PAUSE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as a consumer gets it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int = 0


@dataclass(slots=True)
class Batch:
    """Records of one partition on their way; `future` is done when the broker has answered."""

    records: Sequence[tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]]
    future: "asyncio.Future[object]"
    producer: PidAndEpoch


class Kafka:
    """The cluster; while it is `away`, nothing reaches it and nothing comes back."""

    def __init__(self, loop: Scheduler, topics: dict[str, int]) -> None:
        self.loop = loop
        self.away = False
        self.logs: dict[TopicPartition, list[Record]] = {
            TopicPartition(name, number): [] for name in topics for number in range(topics[name])
        }
        self.groups: dict[str, Group] = {}
        self._producer_ids = count()
        self._announced: dict[str, PidAndEpoch] = {}
        self._epochs: dict[tuple[TopicPartition, int], int] = {}

    def topics(self) -> set[str]:
        """Their names."""
        return {partition.topic for partition in self.logs}

    def partitions(self, topic: str) -> set[int]:
        """The numbers of a topic's partitions."""
        return {partition.partition for partition in self.logs if partition.topic == topic}

    def append(self, partition: TopicPartition, batch: Batch) -> None:
        """Write a batch; one of an epoch before the newest that the partition knows of its producer is refused."""
        line = (partition, batch.producer.pid)
        if batch.producer.epoch < self._epochs.get(line, 0):
            raise ProducerFenced
        self._epochs[line] = batch.producer.epoch
        log = self.logs[partition]
        for key, value, headers in batch.records:
            record = Record(
                topic=partition.topic,
                partition=partition.partition,
                offset=len(log),
                key=key,
                value=value,
                headers=tuple(headers),
            )
            log.append(record)
        self.loop.note(f"kafka {partition.topic}-{partition.partition} has {len(log)}")

    def introduce(self, transactional_id: str | None) -> PidAndEpoch:
        """Whom a producer is written down as: somebody new, or the next epoch of who had this transactional id."""
        known = self._announced.get(transactional_id or "")
        given = PidAndEpoch(next(self._producer_ids), 0) if known is None else PidAndEpoch(known.pid, known.epoch + 1)
        if transactional_id:
            self._announced[transactional_id] = given
        return given

    def everything(self) -> list[Record]:
        """All records, partition by partition."""
        return [record for log in self.logs.values() for record in log]

    def delay(self) -> float:
        """How long a message takes."""
        return self.loop.random.choice(NETWORK_DELAYS)

    async def reached(self) -> None:
        """A message on its way to the cluster, however long that takes."""
        await asyncio.sleep(self.delay())
        while self.away:  # noqa: ASYNC110 -- virtual time
            await asyncio.sleep(AWAY_PAUSE)

    def group(self, name: str) -> Group:
        """The group of that name."""
        if name not in self.groups:
            self.groups[name] = Group(self)
        return self.groups[name]
