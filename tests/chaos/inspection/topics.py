"""What is on the bus: every record of every topic of the catalogue, from the earliest offset to the present end."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from pasum.kafka import settings_of
from shared.contracts import TOPICS
from shared.messaging.kafka import security
from tests.chaos.history import Fact, Record, Unreadable, command_of

PATIENCE_SECONDS: Final = 120.0
"""So long without any record before the end of a topic is no reading any more."""

REFS: Final = frozenset(
    {
        *("meeting_id", "registration_id", "person_id", "represented_registration_id", "invitation_id", "contact"),
        *("represented_person_id", "chair"),
        *("message_id", "minutes_id", "opinion_id", "decision_id", "action_id", "news_id", "record_id", "organisation"),
        *("cause", "template", "channel", "attempt", "kind", "serial", "revision", "number", "sequence"),
        *("capacity", "policy", "waiting_list", "state", "position", "was", "device", "nonce", "offline"),
        *("proven", "repeats", "log_index", "log_size"),
    }
)
"""Members of facts that name or count something; all other members stay on the bus."""

_LONGEST_REF: Final = 200
_PARTITIONS: Final = [TopicPartition(name, number) for name in TOPICS for number in range(TOPICS[name].partitions)]


async def topics(address: Mapping[str, str]) -> AsyncIterator[Sequence[Record]]:
    """Batches of `Fact` and `Unreadable`, in order within each partition. Raises `TimeoutError`."""
    async with _reader(address) as consumer:
        consumer.assign(_PARTITIONS)
        await consumer.seek_to_beginning(*_PARTITIONS)
        async for batch in _until_end(consumer, await consumer.end_offsets(_PARTITIONS)):
            yield batch


async def ends_of(address: Mapping[str, str]) -> Mapping[TopicPartition, int]:
    """Where the topics end now."""
    async with _reader(address) as consumer:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(_PARTITIONS)
        return ends


@asynccontextmanager
async def _reader(address: Mapping[str, str]) -> AsyncIterator[Any]:
    settings = settings_of(address)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        enable_auto_commit=False,
        isolation_level="read_committed",
        **security(settings),
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def _until_end(consumer: Any, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Sequence[Record]]:
    patience = time.monotonic() + PATIENCE_SECONDS
    while waiting := [partition for partition, end in ends.items() if await consumer.position(partition) < end]:
        for partition, batch in (await consumer.getmany(*waiting, timeout_ms=500, max_records=2_000)).items():
            patience = time.monotonic() + PATIENCE_SECONDS
            yield [_seen(record) for record in batch if record.offset < ends[partition]]
        if time.monotonic() > patience:
            message = f"{len(waiting)} partitions cannot be read to their end"
            raise TimeoutError(message)


def _seen(record: Any) -> Fact | Unreadable:
    """The record as an event in binary mode, as the relay writes it; anything else is unreadable."""
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    try:
        headers = {name: value.decode() for name, value in record.headers}
        fact = Fact(
            **place,
            event_id=str(UUID(headers["ce_id"])),
            source=headers["ce_source"],
            subject=headers["ce_subject"],
            sequence=int(headers["ce_sequence"]),
            type=headers["ce_type"],
            key=record.key.decode(),
            trace=command_of(headers.get("traceparent")),
            refs=_refs(record.value),
        )
    except (KeyError, ValueError, AttributeError, TypeError):
        return Unreadable(**place)
    return fact


def _refs(value: bytes | None) -> dict[str, str]:
    """Identifiers inside the data; a tombstone has none."""
    data = {} if value is None else json.loads(value)
    named = {name: data[name] for name in REFS & data.keys() if isinstance(data[name], str | int)}
    return {name: _word(each) for name, each in sorted(named.items())}


def _word(value: str | int) -> str:
    """Booleans as JSON has them; nothing long is an identifier."""
    return str(value).lower() if isinstance(value, bool) else str(value)[:_LONGEST_REF]
