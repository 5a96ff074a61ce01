"""Kafka has lost its topics: what was published is published again, and readers process only what they had not."""

from collections.abc import Callable

import pytest

from shared.database import Database
from shared.messaging.cloudevents import read
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.handlers import one_by_one
from shared.messaging.relay.relay import Relay
from shared.messaging.relay.republish import RelayAlive, republish
from shared.settings import KafkaSettings
from tests.shared.bus import everything, heard, note, rows, running, say, until, value

KEPT = "SELECT count(*) FROM outbox_published"
EMPTY = "SELECT NOT EXISTS (SELECT FROM outbox)"


def relay(database: Database, kafka: KafkaSettings) -> Relay:
    return Relay(database, kafka, client_id="relay")


async def published(kernel: Database, kafka: KafkaSettings) -> None:
    """The relay publishes all that waits."""
    async with running(relay(kernel, kafka)):
        await until(lambda: value(kernel, EMPTY))


async def lose_the_topic(kernel: Database, topic: str, empty: str) -> None:
    """What was kept was meant for `topic`; the records are gone, and `empty` has its place."""
    async with kernel.transaction() as connection:
        for table in ("outbox", "outbox_published"):
            await connection.execute(f"UPDATE {table} SET topic = $2 WHERE topic = $1", topic, empty)  # noqa: S608 -- constants


async def test_what_was_published_is_published_again_with_the_same_names_and_in_the_same_order(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await say(kernel, topic, "a", range(1, 41))
    await published(kernel, kafka)
    await say(kernel, topic, "a", range(41, 51))  # committed, and not published yet
    assert await republish(kernel) == 40
    await published(kernel, kafka)
    numbers = [read(record).sequence for record in await everything(kafka, topic)]
    names = [read(record).id for record in await everything(kafka, topic)]
    assert (numbers, names[:40]) == ([*range(1, 41), *range(1, 51)], names[40:80])
    assert await rows(kernel, KEPT) == [(50,)]


async def test_a_reader_processes_after_the_loss_what_it_had_not_and_nothing_twice(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic, empty = create_topic(), create_topic()

    def reader(read_topic: str) -> Consumer:
        handler = one_by_one(note)
        return Consumer(kernel, kafka, group="tests.reader", topics=[read_topic], handler=handler, client_id="tests")

    await say(kernel, topic, "a", range(1, 21))
    await published(kernel, kafka)
    async with running(reader(topic)):
        await until(lambda: value(kernel, "SELECT count(*) = 20 FROM heard"))
    await say(kernel, topic, "a", range(21, 31))
    await published(kernel, kafka)  # the reader is away: these ten are in Kafka and nowhere else
    await lose_the_topic(kernel, topic, empty)
    assert await republish(kernel) == 30
    await published(kernel, kafka)
    async with running(reader(empty)):
        await until(lambda: value(kernel, "SELECT max(seq) = 30 FROM heard"))
    assert await heard(kernel) == [*range(1, 31)]


async def test_it_is_refused_while_a_relay_leads(kernel: Database, kafka: KafkaSettings) -> None:
    leading = relay(kernel, kafka)
    async with running(leading):
        await until(lambda: leading.ready)
        with pytest.raises(RelayAlive):
            await republish(kernel)
