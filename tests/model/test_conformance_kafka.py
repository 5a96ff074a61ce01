"""The model of Kafka behaves as Kafka does: the same producer and the same members of a group, the same observed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.producer.transaction_manager import PidAndEpoch

from shared.messaging.kafka import producer, security
from shared.messaging.relay.fencing import epoch_producer
from shared.settings import KafkaSettings
from tests.model.cluster import Kafka
from tests.model.fetching import Consumer
from tests.model.producing import Producer
from tests.model.scheduler import Scheduler, simulate

TOPIC = "eoffice.test.observed.v1"
PARTITIONS, EACH = 2, 3
SEEDS = 20
KEYS = ("a", "b", "c", "d", "e", "f")

Observations: TypeAlias = dict[str, list[str]]
Join = Callable[[ConsumerRebalanceListener], Awaitable[Any]]

pytestmark = pytest.mark.usefixtures("silence")


class Listener(ConsumerRebalanceListener):  # type: ignore[misc] # -- aiokafka is not typed
    """Writes down what a member is told; and, when it gets something, how often the others have given up theirs."""

    def __init__(self, name: str, observations: Observations) -> None:
        self._heard = observations.setdefault(name, [])
        self._others = [heard for other, heard in observations.items() if other != name]

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._heard.append(f"loses {len(revoked)}")

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        given_up = sum(line.startswith("loses") for heard in self._others for line in heard)
        self._heard.append(f"gets {len(assigned)} when {given_up} were given up")


async def told(topic: str, sender: Any, join: Join) -> Observations:
    """What happens to two members of a group; partitions are as good as each other, so their names are left out."""
    observations: Observations = {"read": []}
    said = observations["read"]
    await _filled(topic, sender)
    first = await join(Listener("first", observations))
    await _has(first, PARTITIONS)
    both = sorted(first.assignment())
    said.append(f"reads {await _read(first, PARTITIONS * EACH)}")
    await first.commit(dict.fromkeys(both, 1))
    first.seek(both[0], 2)
    said.append(f"reads again {await _read(first, 1)}")
    second = await join(Listener("second", observations))
    await _has(first, 1)
    await _has(second, 1)
    said.append(f"nothing twice: {len(first.assignment() & second.assignment())}")
    said.append(f"goes on {await _read(second, EACH - 1)}")
    (lost,) = second.assignment()
    for partition, member in ((lost, first), (lost, second)):
        try:
            await member.commit({partition: EACH})
        except KafkaError as error:
            said.append(type(error).__name__)
    await second.stop()
    await _has(first, PARTITIONS)
    said.append(f"only the rest {await _read(first, EACH - 1)}")
    await first.stop()
    observations["first"] = observations["first"][:3]  # how it was told of the others' end is a matter of their moments
    return observations


async def _filled(topic: str, sender: Any) -> None:
    """As the relay does it: batches built by us, for partitions of our choice."""
    await sender.start()
    futures = []
    for number in sorted(await sender.partitions_for(topic)):
        batch = sender.create_batch()
        for value in range(EACH):
            batch.append(timestamp=None, key=b"key", value=str(value).encode(), headers=[("name", b"value")])
        batch.close()
        futures.append(await sender.send_batch(batch, topic, partition=number))
    await asyncio.gather(*futures)
    await sender.stop()


async def _has(member: Any, count: int) -> None:
    while len(member.assignment()) != count:  # noqa: ASYNC110 -- aiokafka has no event for it
        await asyncio.sleep(0.05)


async def _read(member: Any, count: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    while len(found) < count:
        for records in (await member.getmany(timeout_ms=100, max_records=100)).values():
            found += [(record.offset, record.value.decode()) for record in records]
    return sorted(found)


async def _modelled(loop: Scheduler) -> Observations:
    kafka = Kafka(loop, {TOPIC: PARTITIONS})

    async def join(listener: ConsumerRebalanceListener) -> Consumer:
        member = Consumer(kafka, "group", [TOPIC], listener)
        await member.start()
        return member

    return await told(TOPIC, Producer(kafka), join)


async def _joined(settings: KafkaSettings, topic: str, listener: ConsumerRebalanceListener) -> AIOKafkaConsumer:
    member = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        group_id=f"eoffice.{topic}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        heartbeat_interval_ms=100,
        **security(settings),
    )
    member.subscribe([topic], listener=listener)
    await member.start()
    return member


async def test_the_model_tells_the_story_that_kafka_tells(
    kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=PARTITIONS)
    real = await told(topic, producer(kafka, client_id="tests"), partial(_joined, kafka, topic))
    modelled = [(await asyncio.to_thread(simulate, seed, _modelled))[0] for seed in range(SEEDS)]
    assert modelled == [real] * SEEDS


async def test_a_key_has_the_same_partition_in_the_model(
    kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=3)

    async def sent(sender: Any) -> list[int]:
        await sender.start()
        found = [await (await sender.send(topic, value=b"", key=key.encode(), headers=[])) for key in KEYS]
        await sender.stop()
        return [one.partition for one in found]

    async def modelled(loop: Scheduler) -> list[int]:
        return await sent(Producer(Kafka(loop, {topic: 3})))

    assert (await asyncio.to_thread(simulate, 1, modelled))[0] == await sent(producer(kafka, client_id="tests"))


async def fenced(topic: str, heralds: Sequence[Any], senders: Sequence[Any]) -> list[str]:
    """Two producers take over, one after the other: who may write when."""
    former, successor = senders
    said = []
    for announced, sender in zip(heralds, senders, strict=True):
        await sender.start()
        await announced.start()
        given = announced._txn_manager  # noqa: SLF001 -- as `take_over` does
        said.append(f"epoch {given.producer_epoch}")
        sender._txn_manager._pid_and_epoch = PidAndEpoch(given.producer_id, given.producer_epoch)  # noqa: SLF001 -- as above
        await announced.stop()
    for sender in (former, successor, successor, former, successor):
        try:
            await (await sender.send(topic, value=b"", key=b"key", headers=[]))
            said.append("written")
        except KafkaError as error:
            said.append(type(error).__name__)
    for sender in senders:
        await sender.stop()
    return said


async def test_a_former_owner_is_refused_in_the_model_as_by_kafka(
    kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=1)
    heralds = [epoch_producer(kafka, client_id=topic) for _ in range(2)]
    real = await fenced(topic, heralds, [producer(kafka, client_id=topic) for _ in range(2)])

    async def modelled(loop: Scheduler) -> list[str]:
        cluster = Kafka(loop, {topic: 1})
        heralds = [Producer(cluster, transactional_id=topic) for _ in range(2)]
        return await fenced(topic, heralds, [Producer(cluster) for _ in range(2)])

    assert (await asyncio.to_thread(simulate, 1, modelled))[0] == real
    assert real == ["epoch 0", "epoch 1", "written", "written", "written", "ProducerFenced", "written"]
