"""The same work as others document it: FastStream's plain handler, and a ready outbox library, at their best settings.

Both are quiet (their default writes two lines a message) and have one worker, the only setting that keeps the order of
a key.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import Header
from faststream.kafka import KafkaBroker, KafkaResponse
from faststream.security import SASLScram512
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.annotations import OutboxMessage
from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.contracts.registration import MeetingOpened
from shared.messaging.cloudevents import parse_headers
from shared.messaging.kafka import producer, security
from shared.settings import KafkaSettings
from tests.performance.figures import Round, timed

BATCH = 500
PATIENCE = 180.0
"""Seconds after which a round is given up with an error."""
QUEUE = "bench"

Row = tuple[str, dict[str, str], bytes]
"""Key, headers and body of one event."""


class RivalEffect(SQLModel, table=True):
    """What a handler writes for one event."""

    __tablename__ = "rival_effect"

    event_id: str = Field(primary_key=True)


async def plain_consumer(dsn: str, kafka: KafkaSettings, topic: str, rows: Sequence[Row]) -> Round:
    """One message a transaction: `@subscriber` with its default acknowledgement, pydantic, a SQLModel session."""
    engine = _engine(dsn)
    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.tables["rival_effect"].create, checkfirst=True)
    broker, taken = _kafka_broker(kafka), 0

    @broker.subscriber(topic, group_id=topic, auto_offset_reset="earliest")
    async def take(body: MeetingOpened, event_id: Annotated[str, Header("ce_id")]) -> None:
        nonlocal taken
        async with sessions() as session, session.begin():
            session.add(RivalEffect(event_id=event_id))
        taken += body.meeting_id is not None

    async def work() -> None:
        await broker.start()
        async with asyncio.timeout(PATIENCE):
            while taken < len(rows):  # noqa: ASYNC110 -- an event for each would be measured too
                await asyncio.sleep(0.02)

    await _produce(kafka, topic, rows)
    found = await timed(len(rows), work)
    await broker.stop()
    await engine.dispose()
    return found


async def library_relay(dsn: str, kafka: KafkaSettings, topic: str, rows: Sequence[Row]) -> Round:
    """`faststream-outbox` carries its own table to the topic: the same keys, headers and bytes as our relay."""
    engine = _engine(dsn)
    table = make_outbox_table(MetaData(), table_name="library_outbox")
    outbox = OutboxBroker(engine, outbox_table=table, logger=None)
    broker = _kafka_broker(kafka)

    @broker.publisher(topic)
    @outbox.subscriber(QUEUE, fetch_batch_size=BATCH, terminal_flush_batch_size=BATCH)
    async def relay(message: OutboxMessage) -> KafkaResponse:
        headers = {name: value for name, value in message.headers.items() if name != "key"}
        return KafkaResponse(message.body, key=message.headers["key"].encode(), headers=headers)

    await _fill(engine, table, rows)
    reader, before = await _reader(kafka, topic)

    async def work() -> None:
        await broker.connect()
        await outbox.start()
        async with asyncio.timeout(PATIENCE):
            while await _end(reader, topic) - before < len(rows):  # noqa: ASYNC110 -- Kafka tells
                await asyncio.sleep(0.02)

    found = await timed(len(rows), work)
    await outbox.stop()
    await broker.stop()
    await reader.stop()
    await engine.dispose()
    return found


def _engine(dsn: str) -> AsyncEngine:
    return create_async_engine(dsn.replace("postgresql:", "postgresql+asyncpg:"))


def _kafka_broker(kafka: KafkaSettings) -> KafkaBroker:
    password = kafka.password.get_secret_value() if kafka.password else ""
    login = SASLScram512(username=kafka.username or "", password=password)
    return KafkaBroker(kafka.bootstrap_servers, security=login if kafka.username else None, logger=None)


async def _produce(kafka: KafkaSettings, topic: str, rows: Sequence[Row]) -> None:
    sender = producer(kafka, client_id="rival")
    await sender.start()
    for key, headers, body in rows:
        await sender.send(topic, value=body, key=key.encode(), headers=parse_headers(headers))
    await sender.stop()


async def _fill(engine: AsyncEngine, table: Table, rows: Sequence[Row]) -> None:
    values: list[dict[str, object]] = [
        {"queue": QUEUE, "payload": body, "headers": headers | {"key": key}} for key, headers, body in rows
    ]
    async with engine.begin() as connection:
        await connection.run_sync(table.create, checkfirst=True)
        await connection.execute(table.delete())
        await connection.execute(table.insert(), values)


async def _reader(kafka: KafkaSettings, topic: str) -> tuple[AIOKafkaConsumer, int]:
    reader = AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap_servers, **security(kafka))
    await reader.start()
    return reader, await _end(reader, topic)


async def _end(reader: AIOKafkaConsumer, topic: str) -> int:
    """How many records the topic has had."""
    partitions = [TopicPartition(topic, number) for number in reader.partitions_for_topic(topic) or ()]
    return sum((await reader.end_offsets(partitions)).values())
