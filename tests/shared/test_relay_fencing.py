"""Kafka refuses whoever has lost the pen: shown on the real broker, with the producer of the relay."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced
from confluent_kafka.admin import AclOperation, ResourceType

from shared.database import Database
from shared.messaging.kafka import producer
from shared.messaging.relay.fencing import take_over
from shared.messaging.relay.relay import Relay
from shared.settings import KafkaSettings
from tests.shared.bus import allowed, everything, running, say, until, user_of, value
from tests.stack import Servers


@asynccontextmanager
async def owner(kafka: KafkaSettings, name: str) -> AsyncIterator[AIOKafkaProducer]:
    """A relay's producer, after it has taken over."""
    sender = producer(kafka, client_id=name)
    await sender.start()
    try:
        await take_over(sender, kafka, client_id=name)
        yield sender
    finally:
        await sender.stop()


async def said(kafka: KafkaSettings, topic: str) -> list[bytes | None]:
    return [record.value for record in await everything(kafka, topic)]


async def test_a_former_owner_is_refused_once_its_successor_has_written(
    kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    async with owner(kafka, topic) as former:
        await former.send_and_wait(topic, b"1", key=b"k")
        async with owner(kafka, topic) as successor:
            await former.send_and_wait(topic, b"2", key=b"k")  # nothing newer is there: it is in order
            await successor.send_and_wait(topic, b"2", key=b"k")
            await successor.send_and_wait(topic, b"3", key=b"k")
            with pytest.raises(ProducerFenced):
                await former.send_and_wait(topic, b"old", key=b"k")
            await successor.send_and_wait(topic, b"4", key=b"k")
    assert await said(kafka, topic) == [b"1", b"2", b"2", b"3", b"4"]


async def test_relays_of_different_outboxes_leave_each_other_alone(
    kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    async with owner(kafka, f"{topic}.a") as one, owner(kafka, f"{topic}.b") as other:
        for sender in (one, other, one):
            await sender.send_and_wait(topic, b"x", key=b"k")
    assert await said(kafka, topic) == [b"x"] * 3


async def test_a_relay_that_may_not_take_over_says_so_and_keeps_what_it_has(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    user = user_of(stack, "mute", [allowed("mute", AclOperation.WRITE, ResourceType.TOPIC, topic)])
    await say(kernel, topic, "a", [1])
    relay, beats = Relay(kernel, user, client_id="mute"), list[None]()
    async with running(relay, lambda: beats.append(None)):
        while len(beats) < 6:  # noqa: ASYNC110 -- three tries
            await asyncio.sleep(0.1)
        assert (relay.ready, await value(kernel, "SELECT count(*) FROM outbox")) == (False, 1)
        right = allowed("mute", AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, "eoffice.mute")
        admin = stack.admin()
        admin.create_acls([right])[right].result(10.0)
        await until(lambda: value(kernel, "SELECT NOT EXISTS (SELECT FROM outbox)"))
        assert relay.ready
