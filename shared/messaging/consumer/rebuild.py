"""Rebuilds the projections of a service in an empty database by reading its topics from the beginning.

The switch is the committed offset of the group (for a new group: the end of each topic). Events before it have already
had their effects, so they only go into the projections: no fact, no job, no message. The consumer of the same group
later continues at the switch. For a new group the switch is committed before the first record is read, so that no
consumer can begin before it, even after a crash.
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
_HAS_EFFECTS: Final = "SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM job)"


class NotEmpty(RuntimeError):
    """The outbox or the job table of the database is not empty, so the database is in use."""


class ProjectionHasEffects(BaseException):
    """A projection has written a fact or a job.

    A `BaseException`, so that it does not become a dead letter: the batch is rolled back and the process ends.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildTarget:
    """What is rebuilt: the database and group of one consumer, its topics, and the handler that fills projections."""

    database: Database
    group: str
    topics: Sequence[str]
    projection: Handler


async def rebuild(target: RebuildTarget, kafka: KafkaSettings, *, client_id: str) -> int:
    """Process all records up to the switch; returns their number. It may be run again after a failure.

    The group may be running with another database at the same time: stop it and run this again, to process what it has
    read meanwhile. Raises `NotEmpty`, `groups.GroupAlive`, `Unavailable` and `KafkaError`.
    """
    async with target.database.reading() as connection:
        if await connection.fetchval(_HAS_EFFECTS):
            raise NotEmpty
    async with reader(kafka, group=target.group, topics=target.topics, client_id=client_id) as consumer:
        switch = await fix_switch(consumer)
        records = await _read(target, consumer, switch)
    log.info(Log.REBUILT, consumer=target.group, count=records)
    return records


async def _read(target: RebuildTarget, consumer: AIOKafkaConsumer, switch: Mapping[TopicPartition, int]) -> int:
    count, dead_in_a_row = 0, 0
    while left := [partition for partition, end in switch.items() if await consumer.position(partition) < end]:
        found = await consumer.getmany(*left, timeout_ms=WAIT_MS, max_records=MAX_RECORDS)
        records = [one for partition, some in found.items() for one in some if one.offset < switch[partition]]
        if records:
            dead_in_a_row = await _process(target, records, dead_in_a_row)
            count += len(records)
    return count


async def _process(target: RebuildTarget, records: Sequence[Any], dead_in_a_row: int) -> int:
    return await process_batch(
        target.database, target.group, without_effects(target.projection), records, dead_in_a_row=dead_in_a_row
    )


def without_effects(projection: Handler) -> Handler:
    """The projection with a check after each call: raises `ProjectionHasEffects` if it has written a fact or a job."""

    async def project(connection: Connection, events: Sequence[Envelope]) -> None:
        await projection(connection, events)
        if await connection.fetchval(_HAS_EFFECTS):
            raise ProjectionHasEffects

    return project
