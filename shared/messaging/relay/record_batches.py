"""Sends outbox rows to Kafka in record batches, and collects which were accepted, refused or interrupted.

The record batches are built here, one or more per partition: the producer's own `send` makes a future and an entry in
its accumulator for each record, which costs more than everything else. The guarantees are the same: the batches of a
partition are sent one after the other, each with the next sequence numbers of the idempotent producer.
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
# Errors that a retry cannot cure.
HOPELESS = (*TOO_LARGE, TopicAuthorizationFailedError, InvalidTopicError, UnknownTopicOrPartitionError)

OrderingKey: TypeAlias = tuple[str, str]
"""Topic and key: records with the same pair stay in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One row of the outbox as a Kafka record."""

    id: int
    ordering_key: OrderingKey
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBatch:
    """Records of one partition that the producer has accepted; `future` is done when the broker has answered."""

    items: Sequence[OutboxRecord]
    future: "asyncio.Future[object]"


@dataclass(slots=True)
class RecordBatches:
    """The record batches of one read of the outbox.

    - `accepted`: given to the producer.
    - `refused`: keys with a record that can never be sent, and why.
    - `broken`: an error that may pass; nothing was sent after it.
    """

    accepted: list[RecordBatch] = field(default_factory=list)
    refused: dict[OrderingKey, KafkaError] = field(default_factory=dict)
    broken: KafkaError | None = None

    @property
    def count(self) -> int:
        """The number of records that were given to the producer."""
        return sum(len(batch.items) for batch in self.accepted)

    def results(self) -> tuple[list[OutboxRecord], dict[OrderingKey, BaseException]]:
        """The records that Kafka has stored, and the first error of each key; later records of such a key do not count.

        Call it when the futures are done; one that is not done counts as a timeout.
        """
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
    """Give the rows to the producer, in order per partition; after a refused record its key is held back.

    Returns when the producer has accepted the batches, not when Kafka has stored them. Raises no error of a topic or
    record: these are in the result.
    """
    batches = RecordBatches()
    topics = {row["topic"] for row in rows}
    closed = await _unknown(sender, topics)
    partitions = {topic: sorted(await sender.partitions_for(topic)) for topic in topics - closed.keys()}
    loads: dict[tuple[str, int], list[OutboxRecord]] = {}
    for item in _sendable([_item(row) for row in rows], closed, batches.refused):
        topic = item.ordering_key[0]
        numbers = partitions[topic]
        loads.setdefault((topic, numbers[_hash(item.key) % len(numbers)]), []).append(item)
    for (topic, partition), load in loads.items():
        await _send(sender, topic, partition, load, batches=batches)
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


def _sendable(
    items: Iterable[OutboxRecord], closed: Mapping[str, KafkaError], refused: dict[OrderingKey, KafkaError]
) -> Iterator[OutboxRecord]:
    """The records that can be sent; after one that cannot, no more records of its key."""
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


@lru_cache(maxsize=1_024)  # useful for keys with many events, such as meetings
def _hash(key: bytes) -> int:
    """The hash that all Kafka clients use, so that a key always goes to the same partition."""
    return int(murmur2(key)) & 0x7FFF_FFFF


async def _send(
    sender: AIOKafkaProducer, topic: str, partition: int, load: Sequence[OutboxRecord], *, batches: RecordBatches
) -> None:
    """Send the batches of one partition; the producer accepts the next one when the one before is on its way."""
    for batch, items in _pack(sender, load):
        try:
            future = await sender.send_batch(batch, topic, partition=partition)
        except HOPELESS as error:  # it concerns the topic, so all remaining records
            batches.refused |= {item.ordering_key: error for item in load}
            return
        except KafkaError as error:
            batches.broken = error
            return
        else:
            batches.accepted.append(RecordBatch(items=items, future=future))


def _pack(sender: AIOKafkaProducer, load: Sequence[OutboxRecord]) -> Iterator[tuple[BatchBuilder, list[OutboxRecord]]]:
    """Fill record batches; an empty batch accepts a record of any size."""
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
    """Append a record; returns False if the batch is full."""
    return batch.append(timestamp=None, key=item.key, value=item.value, headers=item.headers) is not None


async def _unknown(sender: AIOKafkaProducer, topics: set[str]) -> dict[str, KafkaError]:
    """Topics that do not exist or that we may not see; a send to each would block for 20 s, and all others with it."""
    for wait in (0.0, 1.0):  # it takes a moment until all brokers know a new topic
        topics = topics - sender.client.cluster.topics()
        if topics:
            await asyncio.sleep(wait)
            topics -= (await sender.client.fetch_all_metadata()).topics()
    return {topic: UnknownTopicOrPartitionError(topic) for topic in topics}
