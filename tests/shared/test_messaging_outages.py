"""Relay and consumer when Kafka, the database or a right is away, and when it comes back."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from confluent_kafka.admin import AclBinding, AclBindingFilter, AclOperation, ResourceType

from shared.database import Connection, Database
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope, read
from shared.messaging.consumer import tolerant_consumer
from shared.messaging.relay.relay import Relay
from shared.messaging.wakeup import Notifier
from shared.settings import KafkaSettings
from tests.shared.bus import (
    allowed,
    event,
    everything,
    heard,
    listener,
    note,
    produce,
    running,
    sample,
    say,
    until,
    user_of,
    value,
)
from tests.shared.offsets import all_committed, at_least, each_once_and_in_order
from tests.stack import Broker, Servers

EMPTY = "SELECT NOT EXISTS (SELECT FROM outbox)"


def rights_of_group(right: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        right.restype,
        right.name,
        right.resource_pattern_type,
        right.principal,
        right.host,
        right.operation,
        right.permission_type,
    )


async def test_a_member_that_loses_its_right_in_the_middle_joins_again_when_it_has_it_back(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    right = allowed("hearer", AclOperation.READ, ResourceType.GROUP, f"tests.{topic}")
    user = user_of(stack, "hearer", [right, allowed("hearer", AclOperation.READ, ResourceType.TOPIC, topic)])
    admin = stack.admin()

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.sequence == 2:  # so the offsets of this batch will not be committed
            one = rights_of_group(right)
            await asyncio.to_thread(admin.delete_acls([one])[one].result, 10.0)

    consumer = listener(kernel, user, topic, handler)
    async with running(consumer):
        for number in (1, 2):
            await produce(stack.kafka, topic, [event("a", number)])
            await until(partial(at_least, kernel, number))
        await until(lambda: not consumer.ready)
        await asyncio.to_thread(admin.create_acls([right])[right].result, 10.0)
        await produce(stack.kafka, topic, [event("a", 3)])
        await until(lambda: all_committed(stack.kafka, topic, 3))
        assert consumer.ready
    assert await heard(kernel) == [1, 2, 3]


async def test_a_consumer_about_whose_partitions_kafka_is_silent_is_not_ready(
    kernel: Database,
    kafka: KafkaSettings,
    broker: Broker,
    create_topic: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tolerant_consumer, "SILENT", 2.0)
    topic = create_topic(partitions=2)
    consumer = listener(kernel, kafka, topic)
    async with running(consumer):
        await until(lambda: consumer.ready)
        broker.kill()
        await until(lambda: sample("pasum_unreadable_partitions", topic=topic) == 2)
        assert not consumer.ready
        await asyncio.to_thread(broker.start)
        await until(lambda: consumer.ready)
        await until(lambda: sample("pasum_unreadable_partitions", topic=topic) == 0)


async def test_it_waits_for_a_kafka_that_is_not_there_yet(kernel: Database) -> None:
    beats: list[None] = []
    consumer = listener(kernel, KafkaSettings(bootstrap_servers="127.0.0.1:1"), "eoffice.test.none.v1")
    async with running(consumer, lambda: beats.append(None)):
        await until(lambda: len(beats) > 1)
        assert not consumer.ready


async def test_what_is_committed_is_heard_once_though_the_broker_and_the_database_fall_over(
    kernel: Database, kafka: KafkaSettings, broker: Broker, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=2)
    async with running(Relay(kernel, kafka, client_id="relay")), running(listener(kernel, kafka, topic)):
        await say(kernel, topic, "a", range(1, 11))
        await until(lambda: at_least(kernel, 10))
        broker.kill()
        await say(kernel, topic, "a", range(11, 16))
        await asyncio.to_thread(broker.start)
        await say(kernel, topic, "a", range(16, 21))
        await until(lambda: at_least(kernel, 20))
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await value(kernel, f"SELECT count(pg_terminate_backend(pid)) {others}")
        await _say_until_heard(kernel, topic)
    assert await each_once_and_in_order(kernel, 30, ["a"])


async def _say_until_heard(database: Database, topic: str) -> None:
    for number in range(21, 31):
        said = False
        while not said:
            try:
                await say(database, topic, "a", [number])
                said = True
            except Unavailable:
                continue
    await until(lambda: at_least(database, 30))


async def test_the_outbox_is_counted_while_kafka_is_away(
    kernel: Database, kafka: KafkaSettings, broker: Broker, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    async with running(Relay(kernel, kafka, client_id="relay")):
        await say(kernel, topic, "a", [1])
        await until(lambda: value(kernel, EMPTY))
        broker.kill()
        await say(kernel, topic, "a", [2, 3])
        await until(lambda: sample("pasum_outbox_pending") == 2)
        oldest = sample("pasum_outbox_oldest_seconds")
        await until(lambda: sample("pasum_outbox_oldest_seconds") > oldest)
        await asyncio.to_thread(broker.start)
        await until(lambda: sample("pasum_outbox_pending") == 0)


async def test_the_outbox_is_counted_before_kafka_has_ever_answered(kernel: Database) -> None:
    await say(kernel, "eoffice.test.none.v1", "a", [1, 2])
    async with running(Relay(kernel, KafkaSettings(bootstrap_servers="127.0.0.1:1"), client_id="relay")):
        await until(lambda: sample("pasum_outbox_pending") == 2)


async def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    kernel: Database, kafka: KafkaSettings, broker: Broker, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    beats: list[None] = []
    async with running(Relay(kernel, kafka, client_id="relay"), lambda: beats.append(None)):
        await say(kernel, topic, "a", range(1, 11))
        await until(lambda: value(kernel, EMPTY))
        broker.kill()
        await say(kernel, topic, "a", range(11, 21))
        before = len(beats)
        await until(lambda: len(beats) > before + 2)
        await asyncio.to_thread(broker.start)
        await say(kernel, topic, "a", range(21, 31))
        await until(lambda: value(kernel, EMPTY))
    assert [read(record).sequence for record in await everything(kafka, topic)] == list(range(1, 31))


async def test_a_relay_that_finds_no_kafka_and_no_database_goes_on_trying_until_it_is_told_to_stop(
    kafka: KafkaSettings,
) -> None:
    nowhere = Database("postgresql://nobody:x@127.0.0.1:1/none")
    beats: list[None] = []
    part = Relay(nowhere, kafka, client_id="relay")
    async with running(part, lambda: beats.append(None)), running(Notifier(nowhere)):
        await until(lambda: len(beats) > 1)
        assert not part.ready
