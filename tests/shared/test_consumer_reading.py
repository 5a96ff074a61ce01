"""What aiokafka cannot read: one record is a dead letter, damage is seen, and everything else is taken."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka.admin import AclOperation, ResourceType
from prometheus_client import REGISTRY

from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.faststream import MAX_RECORDS
from shared.messaging.consumer.handlers import one_by_one
from shared.observability.faults import Fault
from tests.shared.bus import (
    allowed,
    event,
    heard,
    key_of,
    listener,
    note,
    produce,
    rows,
    running,
    sample,
    until,
    user_of,
)
from tests.shared.lines import Lines
from tests.shared.offsets import NAMES, all_committed, at_least, faults_of_the_consumer
from tests.shared.recordbatches import CODECS, batch, produce_raw, raw
from tests.stack import Servers

LETTERS = 'SELECT "offset", state, error, raw_key, value, headers->-1->>0 FROM dead_letter ORDER BY 1'
NO_RIGHT = "TopicAuthorizationFailedError"
WRONG_NAME = (b"x-\xff", b"1")


@pytest.mark.parametrize("codec", CODECS)
async def test_a_header_name_that_is_not_utf_8_makes_a_dead_letter_and_nothing_around_it_is_lost(
    kernel: Database, stack: Servers, create_topic: Callable[..., str], codec: str
) -> None:
    topic = create_topic()
    poison = event("b", 1)
    await produce(stack.kafka, topic, [event("a", 1)])
    records = [raw(event("a", 2)), raw(event("a", 3)), raw(poison, WRONG_NAME), raw(event("a", 4))]
    assert await produce_raw(stack.kafka, topic, batch(records, codec_name=codec)) == 0
    await produce(stack.kafka, topic, [event("a", 5)])
    consumer = listener(kernel, stack.kafka, topic)
    async with running(consumer):
        await until(lambda: all_committed(stack.kafka, topic, 6))
        assert consumer.ready
    assert await heard(kernel) == [1, 2, 3, 4, 5]
    assert await rows(kernel, LETTERS) == [
        (3, "dead", "the name of a header is not UTF-8", poison.key, poison.value, "x-\\xff")
    ]


def segment(stack: Servers, topic: str) -> Path:
    """The file in which the broker keeps the first partition."""
    assert stack.local is not None
    [found] = stack.local.folder.glob(f"kafka/**/{topic}-0/*.log")
    return found


def flip(path: Path, position: int) -> None:
    """A bit that has rotted on the disk, or is whole again."""
    with path.open("r+b") as file:
        file.seek(position)
        [byte] = file.read(1)
        file.seek(position)
        file.write(bytes([byte ^ 1]))


async def test_a_damaged_batch_is_seen_and_never_passed_over_while_other_partitions_go_on(
    kernel: Database, stack: Servers, create_topic: Callable[..., str], lines: Lines
) -> None:
    topic = create_topic(partitions=2)
    elsewhere = next(name for name in NAMES if murmur2(str(key_of(name)).encode()) % 2 == 1)
    for number in (1, 2, 3):
        assert await produce_raw(stack.kafka, topic, batch([raw(event("a", number))])) == 0
    path = segment(stack, topic)
    place = path.stat().st_size - 5  # in the last batch
    flip(path, place)
    consumer = listener(kernel, stack.kafka, topic)
    async with running(consumer):
        await until(lambda: sample("pasum_unreadable_partitions", topic=topic) == 1)
        await produce(stack.kafka, topic, [event(elsewhere, 1)])
        await until(lambda: at_least(kernel, 3))
        assert (await heard(kernel, "a"), await heard(kernel, elsewhere), consumer.ready) == ([1, 2], [1], False)
        await until(lambda: faults_of_the_consumer() == [Fault.PARTITION_UNREADABLE])
        flip(path, place)
        await until(lambda: consumer.ready)
        await until(lambda: at_least(kernel, 4))
    assert await heard(kernel, "a") == [1, 2, 3]
    assert await rows(kernel, "SELECT count(*) FROM dead_letter") == [(0,)]
    told = [line for line in lines.all() if line["event"] == "partition-unreadable"]
    assert {(line["topic"], line["partition"], line["offset"]) for line in told} == {(topic, 0, 2)}


async def test_a_topic_that_may_not_be_read_is_seen_and_the_others_are_heard(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    open_, closed = create_topic(), create_topic()
    group = f"tests.{open_}"
    rights = [
        allowed("half", AclOperation.READ, ResourceType.GROUP, group),
        allowed("half", AclOperation.READ, ResourceType.TOPIC, open_),
        allowed("half", AclOperation.DESCRIBE, ResourceType.TOPIC, closed),
    ]
    user, before = user_of(stack, "half", rights), sample("pasum_fetch_failures_total", kind=NO_RIGHT)
    consumer = Consumer(kernel, user, group=group, topics=[open_, closed], handler=one_by_one(note), client_id="tests")
    await produce(stack.kafka, closed, [event("b", 1)])
    await produce(stack.kafka, open_, [event("a", 1)])
    async with running(consumer):
        await until(lambda: at_least(kernel, 1))
        await until(lambda: sample("pasum_fetch_failures_total", kind=NO_RIGHT) > before)
        assert not consumer.ready
        right = allowed("half", AclOperation.READ, ResourceType.TOPIC, closed)
        admin = stack.admin()
        await asyncio.to_thread(admin.create_acls([right])[right].result, 10.0)
        await until(lambda: at_least(kernel, 2))
        await until(lambda: consumer.ready)


async def test_each_partition_shows_how_many_records_are_not_fetched_yet(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic, go_on = create_topic(), asyncio.Event()

    async def waits(_connection: Connection, _event: Envelope) -> None:
        await go_on.wait()

    def lag() -> float | None:
        return REGISTRY.get_sample_value("pasum_consumer_lag_records", {"topic": topic, "partition": "0"})

    await produce(stack.kafka, topic, [event("a", number) for number in range(1, 1_001)])
    async with running(listener(kernel, stack.kafka, topic, waits)):
        await until(lambda: (lag() or 0) >= 1_000 - MAX_RECORDS)
        go_on.set()
        await until(lambda: lag() == 0)
    assert lag() is None
