"""Rebuilding: an empty database learns from the topics what was said so far, and does nothing about it.

The switch is where the group has come to (for a new group: the ends of the topics). What is before it has had its
effect when it was said, so it is taken into the projections and nothing else: no fact, no job, no message. Whatever is
behind it is taken by the consumer, which goes on there with the same group. The switch of a new group is committed
before the first record is read: also after a crash in between no consumer can begin before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.batch import process_batch
from shared.messaging.consumer.groups import fix_switch, reader
from shared.messaging.consumer.handlers import Handler
from shared.observability.logging import Log, log
from shared.settings import KafkaSettings

MAX_RECORDS: Final = 500
WAIT_MS: Final = 500
_SPEAKS: Final = "SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM job)"


class NotEmpty(RuntimeError):
    """The database has facts to publish or jobs, done ones among them: it is somebody's living database."""


class NotSilent(BaseException):
    """A projection has written a fact or a job. No dead letter: it ends the process and rolls the batch back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildTarget:
    """What is rebuilt: the database of one consumer, and how its projections take events."""

    database: Database
    group: str
    topics: Sequence[str]
    projection: Handler


async def rebuild(learner: RebuildTarget, kafka: KafkaSettings, *, client_id: str) -> int:
    """Read all topics up to the switch; returns how many records that were. Run it again where it broke off.

    The group may be alive with another database: what it takes meanwhile is taken when this is run once more, after it
    was stopped. Raises `NotEmpty`, `groups.GroupAlive`, `Unavailable` and Kafka's own errors.
    """
    async with learner.database.reading() as connection:
        if await connection.fetchval(_SPEAKS):
            raise NotEmpty
    async with reader(kafka, group=learner.group, topics=learner.topics, client_id=client_id) as consumer:
        switch = await fix_switch(consumer)
        records = await _read(learner, consumer, switch)
    log.info(Log.REBUILT, consumer=learner.group, count=records)
    return records


async def _read(learner: RebuildTarget, consumer: AIOKafkaConsumer, switch: Mapping[TopicPartition, int]) -> int:
    taken, in_a_row = 0, 0
    while left := [partition for partition, end in switch.items() if await consumer.position(partition) < end]:
        found = await consumer.getmany(*left, timeout_ms=WAIT_MS, max_records=MAX_RECORDS)
        records = [one for partition, some in found.items() for one in some if one.offset < switch[partition]]
        if records:
            in_a_row = await _take(learner, records, in_a_row)
            taken += len(records)
    return taken


async def _take(learner: RebuildTarget, records: Sequence[Any], in_a_row: int) -> int:
    return await process_batch(
        learner.database, learner.group, silent(learner.projection), records, dead_in_a_row=in_a_row
    )


def silent(projection: Handler) -> Handler:
    """The projection, held to its promise in the transaction of each batch; raises `NotSilent`."""

    async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
        await projection(connection, events)
        if await connection.fetchval(_SPEAKS):
            raise NotSilent

    return hear
