"""aiokafka's producer on the Kafka model: idempotent, what it has sent arrives in order, once, and sometime."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.producer.transaction_manager import PidAndEpoch, TransactionManager
from aiokafka.record.memory_records import MemoryRecords

from tests.model.cluster import AWAY_PAUSE, Batch, Kafka
from tests.model.scheduler import current_process

BATCH_BYTES = 2_000  # small, so that there are many


class Producer:
    """aiokafka's producer, idempotent: one batch of a partition on its way at a time."""

    def __init__(self, kafka: Kafka, *, transactional_id: str | None = None) -> None:
        self._kafka = kafka
        self._transactional_id = transactional_id
        self._waiting: dict[TopicPartition, deque[Batch]] = {}
        self._pumps: dict[TopicPartition, asyncio.Task[None]] = {}
        self._partitioner = DefaultPartitioner()
        self._dead = False
        self._txn_manager = TransactionManager(None, 0)
        self.client = _Client(kafka)

    async def start(self) -> None:
        """Connect."""
        await asyncio.sleep(self._kafka.delay())
        if self._kafka.away:
            raise KafkaConnectionError
        if not self._txn_manager.has_pid():
            self._txn_manager.set_pid_and_epoch(*self._kafka.introduce(self._transactional_id))
        process = current_process()
        if process is not None:
            process.on_kill.append(self._die)

    async def stop(self) -> None:
        """Send what is waiting, then close."""
        try:
            while any(self._waiting.values()):  # noqa: ASYNC110 -- virtual time
                await asyncio.sleep(AWAY_PAUSE / 2)
        finally:
            self._die()

    async def partitions_for(self, topic: str) -> set[int]:
        """The numbers of a topic's partitions."""
        return self._kafka.partitions(topic)

    async def send(
        self, topic: str, *, value: bytes | None, key: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> "asyncio.Future[object]":
        """One record; the future is done when the broker has answered."""
        numbers = sorted(self._kafka.partitions(topic))
        partition = TopicPartition(topic, self._partitioner(key, numbers, numbers))
        return self._accept(partition, [(key, value, headers)])

    def create_batch(self) -> Any:
        """A batch to be filled by the client: aiokafka's own."""
        return BatchBuilder(BATCH_BYTES, 0)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> "asyncio.Future[object]":
        """A batch as the client has built it, read from its bytes."""
        records = [(one.key, one.value, one.headers) for one in _unpacked(batch)]
        return self._accept(TopicPartition(topic, partition), records)

    def _accept(self, partition: TopicPartition, records: Sequence[Any]) -> "asyncio.Future[object]":
        future: asyncio.Future[object] = self._kafka.loop.create_future()
        self._waiting.setdefault(partition, deque()).append(Batch(records, future, self._written_by()))
        if partition not in self._pumps or self._pumps[partition].done():
            self._pumps[partition] = self._kafka.loop.outside_task(self._pump(partition))
        return future

    def _written_by(self) -> PidAndEpoch:
        return PidAndEpoch(self._txn_manager.producer_id, self._txn_manager.producer_epoch)

    async def _pump(self, partition: TopicPartition) -> None:
        waiting = self._waiting[partition]
        while waiting:
            batch = waiting[0]
            await self._kafka.reached()
            if self._dead and self._kafka.loop.random.random() < 0.5:
                break
            try:
                self._kafka.append(partition, batch)
            except ProducerFenced as error:
                refuse(batch.future, error)
            await asyncio.sleep(self._kafka.delay())
            resolve(batch.future, partition)
            if waiting:
                waiting.popleft()

    def _die(self) -> None:
        self._dead = True
        for waiting in self._waiting.values():
            while len(waiting) > 1:
                waiting.pop()


class _Client:
    """What the relay asks of a producer's client."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self.cluster = kafka

    async def fetch_all_metadata(self) -> Kafka:
        """Ask the brokers."""
        await asyncio.sleep(self._kafka.delay())
        return self._kafka


def _unpacked(batch: Any) -> Iterator[Any]:
    records = MemoryRecords(bytes(batch._build()))  # noqa: SLF001 -- as aiokafka's sender does
    while records.has_next():
        yield from records.next_batch()


def refuse(future: "asyncio.Future[object]", error: KafkaError) -> None:
    """The broker will not have it."""
    if not future.done():
        future.set_exception(error)


def resolve(future: "asyncio.Future[object]", partition: TopicPartition) -> None:
    """The broker has answered."""
    if not future.done():
        future.set_result(partition)
