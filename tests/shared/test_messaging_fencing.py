"""Kafka refuses whoever has lost the pen: shown on the real broker, with the producer of the relay."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from shared.database import Database
from shared.messaging.fencing import take_over
from shared.messaging.kafka import producer
from shared.messaging.relay import Relay
from shared.messaging.wire import read
from shared.settings import KafkaSettings
from tests.shared.bus import everything, execute, rows, running, say, until, value

LAST = 32_767
HELD = "SELECT epoch FROM producer_epoch"


@asynccontextmanager
async def owner(database: Database, kafka: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    """A relay's producer, after it has taken over."""
    sender = producer(kafka, client_id="owner")
    connection = await database.connect()
    await sender.start()
    try:
        await take_over(connection, sender)
        yield sender
    finally:
        await connection.close()
        await sender.stop()


async def said(kafka: KafkaSettings, topic: str) -> list[bytes | None]:
    return [record.value for record in await everything(kafka, topic)]


async def test_a_former_owner_is_refused_once_its_successor_has_written(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    async with owner(kernel, kafka) as former:
        await former.send_and_wait(topic, b"1", key=b"k")
        async with owner(kernel, kafka) as successor:
            await former.send_and_wait(topic, b"2", key=b"k")  # nothing newer is there: it is in order
            await successor.send_and_wait(topic, b"2", key=b"k")
            await successor.send_and_wait(topic, b"3", key=b"k")
            with pytest.raises(ProducerFenced):
                await former.send_and_wait(topic, b"old", key=b"k")
            await successor.send_and_wait(topic, b"4", key=b"k")
    assert await said(kafka, topic) == [b"1", b"2", b"2", b"3", b"4"]


async def test_after_the_last_epoch_another_series_begins(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    async with owner(kernel, kafka) as first:
        await first.send_and_wait(topic, b"1", key=b"k")
    await execute(kernel, "UPDATE producer_epoch SET epoch = $1", LAST - 1)
    for number in (b"2", b"3"):
        async with owner(kernel, kafka) as sender:
            await sender.send_and_wait(topic, number, key=b"k")
    assert (await rows(kernel, HELD), await said(kafka, topic)) == ([(0,)], [b"1", b"2", b"3"])


async def test_a_database_that_is_older_than_kafka_does_not_stop_the_relay(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    for number in range(1, 4):
        await say(kernel, topic, "a", [number])
        async with running(Relay(kernel, kafka, client_id="relay")):
            await until(lambda: value(kernel, "SELECT NOT EXISTS (SELECT FROM outbox)"))
    await execute(kernel, "UPDATE producer_epoch SET epoch = 0")  # as a backup has it
    await say(kernel, topic, "a", [4])
    async with running(Relay(kernel, kafka, client_id="relay")):
        await until(lambda: value(kernel, "SELECT NOT EXISTS (SELECT FROM outbox)"))
    assert [read(record).sequence for record in await everything(kafka, topic)] == [1, 2, 3, 4]


async def test_nobody_gets_an_epoch_twice(kernel: Database, kafka: KafkaSettings) -> None:
    async with owner(kernel, kafka), owner(kernel, kafka), owner(kernel, kafka):
        assert await rows(kernel, HELD) == [(2,)]
