"""Reads all records from Kafka without a consumer group, so that no offsets are committed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretStr

from shared.contracts import TOPICS
from shared.messaging.kafka import security
from shared.settings import KafkaSettings


def settings_of(address: Mapping[str, str]) -> KafkaSettings:
    """Kafka settings from the entry in the address file."""
    values: dict[str, Any] = {name: value for name, value in address.items() if value}
    if "password" in values:
        values["password"] = SecretStr(values["password"])
    return KafkaSettings.model_validate(values)


@asynccontextmanager
async def observer(settings: KafkaSettings, topics: Sequence[str] = tuple(TOPICS)) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group, at the beginning of all partitions of `topics`; closed at the end."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **security(settings),
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in range(TOPICS[topic].partitions if topic in TOPICS else 1)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        yield consumer
    finally:
        await consumer.stop()


async def everything(settings: KafkaSettings) -> AsyncIterator[Any]:
    """All records that are in Kafka when this is called, in order within each partition only."""
    async with observer(settings) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        waiting = {partition for partition, end in ends.items() if end > await consumer.position(partition)}
        while waiting:
            for partition, records in (await consumer.getmany(timeout_ms=500, max_records=1000)).items():
                for record in records:
                    if record.offset < ends[partition]:
                        yield record
                if records and records[-1].offset + 1 >= ends[partition]:
                    waiting.discard(partition)


def header(record: Any, name: str) -> str:
    """A header as text; empty if the record does not have it."""
    return next((value.decode(errors="replace") for key, value in record.headers if key == name), "")
