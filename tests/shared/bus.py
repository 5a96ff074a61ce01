"""What the tests of the messaging say: events as registration writes them, running parts, awaited conditions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.ids import derived_id, new_id
from shared.contracts.registration import MeetingOpened
from shared.database import Connection, Database
from shared.kernel import Actor
from shared.messaging import outbox
from shared.messaging.cloudevents import Envelope, attributes, dumps, parse_headers
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.handlers import one_by_one
from shared.messaging.kafka import producer, security
from shared.service import Service, Subscription
from shared.settings import KafkaSettings
from shared.tables import METADATA
from tests.stack import Servers

AT = datetime(2022, 9, 19, 1, 0, tzinfo=UTC)
ACTOR = Actor(subject="tester")
SOURCE = "/eoffice/registration/meeting"
OPENED = "registration.meeting-opened.v1"
LIMIT_SECONDS = 60.0

Header = tuple[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A record as it goes to Kafka, or as it would have come from there."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[Header] = field(default=())
    topic: str = "eoffice.test.meeting.v1"
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_663_549_200_000  # of `AT`


def subscribed(service: Service) -> Subscription:
    """What a service consumes; for those that do."""
    assert service.subscription is not None
    return service.subscription


def key_of(name: str) -> UUID:
    """The aggregate of that name."""
    return derived_id("meeting", name)


def event(name: str, sequence: int, *, event_id: UUID | None = None, **changes: Any) -> Sent:
    """One event of the aggregate `name`; a header among `changes` given as None is left out."""
    key = key_of(name)
    headers: dict[str, Any] = attributes(
        event_id=event_id or new_id(),
        source=SOURCE,
        type_=OPENED,
        time=AT,
        subject=str(key),
        sequence=sequence,
        actor="tester",
        cause=None,
    )
    headers |= changes.pop("headers", {})
    known = {"key": str(key).encode(), "value": dumps(MeetingOpened(meeting_id=key))} | changes
    return Sent(headers=parse_headers({name: value for name, value in headers.items() if value is not None}), **known)


def erased(name: str, sequence: int, **changes: Any) -> Sent:
    """One event of the topic of persons: the person of that name is gone."""
    headers = {"ce_type": "registration.person-erased.v1", "ce_source": "/eoffice/registration/person"}
    return event(name, sequence, headers=headers, **({"value": None} | changes))


def numbered(records: Iterable[Sent], *, topic: str = "eoffice.test.meeting.v1", first: int = 0) -> list[Sent]:
    """The records as one partition would give them back."""
    return [
        Sent(key=record.key, value=record.value, headers=record.headers, topic=topic, offset=offset)
        for offset, record in enumerate(records, first)
    ]


async def produce(kafka: KafkaSettings, topic: str, records: Iterable[Sent]) -> None:
    """Send them in order and wait for all."""
    sender = producer(kafka, client_id="tests")
    await sender.start()
    try:
        futures = [await sender.send(topic, value=r.value, key=r.key, headers=list(r.headers)) for r in records]
        await asyncio.gather(*futures)
    finally:
        await sender.stop()


async def everything(kafka: KafkaSettings, topic: str) -> list[Any]:
    """All records of a topic that are there now, partition by partition."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, **security(kafka))
    await reader.start()
    try:
        partitions = [
            TopicPartition(topic, number)
            for number in sorted(reader.partitions_for_topic(topic) or await _of(reader, topic))
        ]
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        found: list[Any] = []
        for partition in partitions:
            reader.seek(partition, 0)
        while len(found) < sum(ends.values()):
            for records in (await reader.getmany(timeout_ms=500)).values():
                found += records
    finally:
        await reader.stop()
    return sorted(found, key=lambda record: (record.partition, record.offset))


async def _of(reader: AIOKafkaConsumer, topic: str) -> set[int]:
    reader.subscribe([topic])
    while not (known := reader.partitions_for_topic(topic)):  # noqa: ASYNC110 -- aiokafka has no event for it
        await asyncio.sleep(0.02)
    reader.unsubscribe()
    return set(known)


async def until(condition: Callable[[], Any]) -> None:
    """Wait until `condition()` (or what it awaits) is true; the limit is there for a test that fails."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            found = condition()
            if found if not isinstance(found, Awaitable) else await found:
                return
            await asyncio.sleep(0.02)


def sample(name: str, **labels: str) -> float:
    """What a metric says now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def quiet() -> None:
    """A heartbeat that nobody listens to."""


@asynccontextmanager
async def running(part: Any, beat: Callable[[], None] = quiet) -> AsyncIterator["asyncio.Task[None]"]:
    """Let `part.run` run for as long as the block lasts; then it is asked to stop, and must."""
    stop = asyncio.Event()
    task = asyncio.create_task(part.run(stop, beat))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(LIMIT_SECONDS):
            await asyncio.wait({task})
        if not task.cancelled():
            task.result()


async def say(database: Database, topic: str, name: str, numbers: Iterable[int]) -> None:
    """Commit facts of the aggregate `name`, each in a transaction of its own, as if `topic` were theirs."""
    for number in numbers:
        async with database.transaction() as connection:
            await write(connection, topic, name, number)


async def write(connection: Connection, topic: str, name: str, number: int, fact: Any = None) -> None:
    """One fact in the caller's transaction."""
    key = key_of(name)
    facts = [fact or MeetingOpened(meeting_id=key)]
    entries = outbox.entries(
        facts, aggregate="meeting", aggregate_id=str(key), first_sequence=number, actor=ACTOR, at=AT
    )
    await outbox.write(connection, entries)
    await connection.execute(
        "UPDATE outbox SET topic = $1 WHERE aggregate_id = $2 AND aggregate_seq = $3", topic, str(key), number
    )


async def note(connection: Connection, heard: Envelope) -> None:
    """A handler: one row for each call, so that a second one shows."""
    await connection.execute(
        "INSERT INTO heard (event_id, subject, seq) VALUES ($1, $2, $3)", heard.id, heard.subject, heard.sequence
    )


async def heard(database: Database, name: str | None = None) -> list[int]:
    """The numbers that were heard, of one aggregate or of all, in the order in which they were."""
    subject = str(key_of(name)) if name else None
    async with database.reading() as connection:
        rows = await connection.fetch(
            "SELECT seq FROM heard WHERE $1::text IS NULL OR subject = $1 ORDER BY n", subject
        )
    return [row["seq"] for row in rows]


async def value(database: Database, query: str, *arguments: Any) -> Any:
    """One value."""
    async with database.reading() as connection:
        return await connection.fetchval(query, *arguments)


async def rows(database: Database, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """All rows as tuples."""
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]


async def execute(database: Database, query: str, *arguments: Any) -> None:
    """One statement, committed."""
    async with database.transaction() as connection:
        await connection.execute(query, *arguments)


def listener(
    database: Database, kafka: KafkaSettings, topic: str, handler: Any = note, *, group: str = "tests"
) -> Consumer:
    """A consumer of one topic that takes its events one by one."""
    return Consumer(
        database, kafka, group=f"{group}.{topic}", topics=[topic], handler=one_by_one(handler), client_id="tests"
    )


def allowed(user: str, operation: AclOperation, kind: ResourceType, name: str) -> AclBinding:
    """A right as Kafka knows it."""
    return AclBinding(kind, name, ResourcePatternType.LITERAL, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


def user_of(stack: Servers, name: str, rights: Sequence[AclBinding]) -> KafkaSettings:
    """How a new user with these rights and no other reaches Kafka."""
    settings, admin = stack.user(name, name), stack.admin()
    for right in rights:
        admin.create_acls([right])[right].result(10.0)
    return settings


def create_kernel_tables(dsn: str) -> None:
    """The tables every service has, and those of these tests."""
    asyncio.run(_create(dsn))


async def _create(dsn: str) -> None:
    engine = create_async_engine(dsn.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.exec_driver_sql(
            "CREATE TABLE heard (n bigint GENERATED ALWAYS AS IDENTITY, event_id text, subject text, seq bigint)"
        )
        await connection.exec_driver_sql(
            "CREATE TABLE venue (id text PRIMARY KEY, seats int NOT NULL, taken int NOT NULL CHECK (taken >= 0),"
            " version bigint NOT NULL)"
        )
    await engine.dispose()
