"""Reads and changes the offsets of a consumer group from outside, while the group has no members."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.messaging.consumer.tolerant_reading import tolerant
from shared.messaging.kafka import REQUEST_MS, security
from shared.settings import KafkaSettings


class GroupAlive(RuntimeError):
    """A consumer of this group is running; stop it first."""


@asynccontextmanager
async def reader(
    kafka: KafkaSettings, *, group: str, topics: Sequence[str], client_id: str
) -> AsyncIterator[AIOKafkaConsumer]:
    """An aiokafka consumer at the beginning of all partitions of `topics`; it is not a member of `group`.

    It may commit offsets for the group. Raises `KafkaError` if Kafka does not answer.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        client_id=client_id,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        request_timeout_ms=REQUEST_MS,
        **security(kafka),
    )
    with tolerant():
        await consumer.start()
    try:
        known = await consumer._client.fetch_all_metadata()  # noqa: SLF001 -- there is no public way to ask about topics that are not subscribed
        consumer.assign(
            [
                TopicPartition(topic, number)
                for topic in topics
                for number in sorted(known.partitions_for_topic(topic) or ())
            ]
        )
        await consumer.seek_to_beginning()
        yield consumer
    finally:
        await consumer.stop()


async def fix_switch(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """The committed offset of the group for each partition: everything before it was processed.

    For a partition without one, the current end is committed and returned.
    """
    ends: Mapping[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
    taken = await _taken(consumer)
    if new := {partition: end for partition, end in ends.items() if taken[partition] is None}:
        await _commit(consumer, new)
    return {partition: new.get(partition, taken[partition] or 0) for partition in ends}


async def rewind(kafka: KafkaSettings, *, group: str, topics: Sequence[str], client_id: str) -> int:
    """Set the group back to the oldest record of each partition; returns how many records will be read again.

    This changes nothing in the service, even if its inbox was pruned (`inbox.Positions`). Raises `GroupAlive`.
    """
    async with reader(kafka, group=group, topics=topics, client_id=client_id) as consumer:
        taken = await _taken(consumer)
        first: Mapping[TopicPartition, int] = await consumer.beginning_offsets(consumer.assignment())
        await _commit(consumer, first)
    return sum((taken[partition] or offset) - offset for partition, offset in first.items())


async def _taken(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int | None]:
    return {partition: await consumer.committed(partition) for partition in sorted(consumer.assignment())}


async def _commit(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit offsets; while the group has members Kafka refuses it, then this raises `GroupAlive`."""
    try:
        await consumer.commit(dict(offsets))
    except CommitFailedError as error:
        raise GroupAlive from error
