"""One batch of outbox rows on its way to Kafka: what was taken, what was refused, what broke off the whole.

The record batches are built here, one or more a partition: the producer's own `send` makes a future and an entry of its
accumulator for each record, which costs more than all the rest. Its guarantees are those of batches all the same: the
batches of a partition are sent one after the other, each with the next numbers of the idempotent producer.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from shared.messaging.cloudevents import parse_headers
from shared.messaging.kafka import MAX_RECORD_BYTES

TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
# What no number of tries will send.
HOPELESS = (*TOO_LARGE, TopicAuthorizationFailedError, InvalidTopicError, UnknownTopicOrPartitionError)

OrderingKey: TypeAlias = tuple[str, str]
"""Topic and key: what keeps its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One row of the outbox as a record of Kafka."""

    id: int
    ordering_key: OrderingKey
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBatch:
    """Items of one partition in the producer's hands; `future` is done when the broker has answered for all."""

    items: Sequence[OutboxRecord]
    future: "asyncio.Future[object]"


@dataclass(slots=True)
class RecordBatches:
    """What became of a batch; `refused` is hopeless, `broken` may pass."""

    accepted: list[RecordBatch] = field(default_factory=list)
    refused: dict[OrderingKey, KafkaError] = field(default_factory=dict)
    broken: KafkaError | None = None

    @property
    def count(self) -> int:
        """How many records were accepted."""
        return sum(len(batch.items) for batch in self.accepted)

    def results(self) -> tuple[list[OutboxRecord], dict[OrderingKey, BaseException]]:
        """What has arrived, and the first error of each key; what came after it counts as not arrived."""
        arrived: list[OutboxRecord] = []
        failed: dict[OrderingKey, BaseException] = {}
        for batch in self.accepted:
            error = batch.future.exception() if batch.future.done() else KafkaTimeoutError()
            if error is None:
                arrived += [item for item in batch.items if item.ordering_key not in failed]
            else:
                failed = {item.ordering_key: error for item in batch.items} | failed
        return arrived, failed


async def send_record_batches(sender: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> RecordBatches:
    """Give the rows to the producer, those of a partition in their order; what is refused holds back its key."""
    batches = RecordBatches()
    topics = {row["topic"] for row in rows}
    closed = await _unknown(sender, topics)
    partitions = {topic: sorted(await sender.partitions_for(topic)) for topic in topics - closed.keys()}
    loads: dict[tuple[str, int], list[OutboxRecord]] = {}
    for item in _sort_out([_item(row) for row in rows], closed, batches.refused):
        topic = item.ordering_key[0]
        numbers = partitions[topic]
        loads.setdefault((topic, numbers[_hash(item.key) % len(numbers)]), []).append(item)
    for (topic, partition), load in loads.items():
        await _send(sender, topic, partition, load, batches)
        if batches.broken:
            break
    return batches


def _item(row: asyncpg.Record) -> OutboxRecord:
    key: str = row["key"]
    return OutboxRecord(
        id=row["id"],
        ordering_key=(row["topic"], key),
        key=key.encode(),
        value=row["payload"],
        headers=parse_headers(row["headers"]),
    )


def _sort_out(
    items: Iterable[OutboxRecord], closed: Mapping[str, KafkaError], refused: dict[OrderingKey, KafkaError]
) -> Iterator[OutboxRecord]:
    """What can be tried; of a key that has something hopeless, nothing from there on."""
    for item in items:
        if item.ordering_key in refused:
            continue
        if item.ordering_key[0] in closed:
            refused[item.ordering_key] = closed[item.ordering_key[0]]
        elif _size(item) > MAX_RECORD_BYTES:
            refused[item.ordering_key] = MessageSizeTooLargeError()
        else:
            yield item


def _size(item: OutboxRecord) -> int:
    size: int = DefaultRecordBatchBuilder.estimate_size_in_bytes(item.key, item.value, item.headers)
    return size


@lru_cache(maxsize=1_024)  # for keys that come again and again; those of persons and messages hardly do
def _hash(key: bytes) -> int:
    """As every client of Kafka, so that a key keeps its partition whoever writes it."""
    return int(murmur2(key)) & 0x7FFF_FFFF


async def _send(
    sender: AIOKafkaProducer, topic: str, partition: int, load: Sequence[OutboxRecord], batches: RecordBatches
) -> None:
    """One batch after the other: the next is taken when the one before is on its way."""
    for batch, items in _pack(sender, load):
        try:
            future = await sender.send_batch(batch, topic, partition=partition)
        except HOPELESS as error:  # of the topic, so of all that is left for it
            batches.refused |= {item.ordering_key: error for item in load}
            return
        except KafkaError as error:
            batches.broken = error
            return
        else:
            batches.accepted.append(RecordBatch(items=items, future=future))


def _pack(sender: AIOKafkaProducer, load: Sequence[OutboxRecord]) -> Iterator[tuple[BatchBuilder, list[OutboxRecord]]]:
    """Fill batches; an empty one takes any record."""
    batch, items = sender.create_batch(), list[OutboxRecord]()
    for item in load:
        if not _put(batch, item):
            yield batch, items
            batch, items = sender.create_batch(), []
            _put(batch, item)
        items.append(item)
    batch.close()
    yield batch, items


def _put(batch: BatchBuilder, item: OutboxRecord) -> bool:
    """False where the batch is full."""
    return batch.append(timestamp=None, key=item.key, value=item.value, headers=item.headers) is not None


async def _unknown(sender: AIOKafkaProducer, topics: set[str]) -> dict[str, KafkaError]:
    """Topics that Kafka does not know, or does not show us; a send would wait 20 s for each, and all else with it."""
    for wait in (0.0, 1.0):  # a new topic is known everywhere a moment later
        topics = topics - sender.client.cluster.topics()
        if topics:
            await asyncio.sleep(wait)
            topics -= (await sender.client.fetch_all_metadata()).topics()
    return {topic: UnknownTopicOrPartitionError(topic) for topic in topics}
