"""The consumer: one batch is one transaction, one commit of offsets follows it, and no data can stop a partition.

Contract of a handler: it runs inside the transaction on the connection it is given, sees each event of its topics once and in the order
of its aggregate, and does nothing outside the database (that is a job). An exception means: this event cannot be taken as it is.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaMessage

from shared.contracts import TOPICS
from shared.database import TRANSIENT, Connection, Database
from shared.kernel import Unavailable
from shared.messaging import deadletter
from shared.messaging.inbox import Positions, take
from shared.messaging.kafka import broker
from shared.messaging.wakeup import pause
from shared.messaging.wire import CAUSE, Envelope, Record, Unreadable, read
from shared.observability.logging import Log, log
from shared.observability.metrics import CONSUMER_BATCH_SECONDS, CONSUMER_LAG_SECONDS, EVENTS_CONSUMED, SEQUENCE_GAPS
from shared.observability.tracing import span
from shared.settings import KafkaSettings

Handler: TypeAlias = Callable[[Connection, Envelope], Awaitable[None]]

MAX_RECORDS = 500
MAX_DEAD_IN_A_ROW = 50


class TooManyDeadLetters(Exception):
    """So much dies in a row that the fault is ours: stop consuming and alert, before everything is a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One record, read: either an envelope or the reason why there is none."""

    record: Record
    event: Envelope | None
    error: str | None


def deliver(record: Record) -> Delivery:
    """Read a record; never raises for data."""
    try:
        return Delivery(record=record, event=read(record), error=None)
    except Unreadable as error:
        return Delivery(record=record, event=None, error=str(error))


class Taking:
    """Takes the deliveries of one batch on one transaction; `careful` tries each event on a savepoint of its own."""

    def __init__(self, connection: Connection, consumer: str, handler: Handler, *, careful: bool) -> None:
        self._connection = connection
        self._consumer = consumer
        self._handler = handler
        self._careful = careful
        self._waiting: set[tuple[str, str]] = set()
        self._dead_in_a_row = 0
        self._gaps: list[str] = []
        self._positions: Positions

    async def run(self, deliveries: Sequence[Delivery]) -> Callable[[], None]:
        """Inbox, handlers for what is new, positions; in the order of the batch. Returns what to count once it is committed."""
        events = [delivery.event for delivery in deliveries if delivery.event]
        fresh = await take(self._connection, self._consumer, events)
        self._positions = await Positions.load(self._connection, self._consumer, events)
        await self._find_waiting(deliveries)
        outcomes = [(delivery, await self._one(delivery, fresh)) for delivery in deliveries]
        await self._positions.save(self._connection)
        return lambda: _count(outcomes, self._gaps)

    async def _find_waiting(self, deliveries: Sequence[Delivery]) -> None:
        keys: dict[str, set[str]] = {}
        for delivery in deliveries:
            keys.setdefault(delivery.record.topic, set()).add(deadletter.key_of(delivery.record))
        for topic, asked in keys.items():
            found = await deadletter.waiting_keys(self._connection, self._consumer, topic, sorted(asked))
            self._waiting |= {(topic, key) for key in found}

    async def _one(self, delivery: Delivery, fresh: set[tuple[str, str]]) -> str:
        event = delivery.event
        if event is None:
            return await self._bury(delivery, delivery.error or "", outcome="undecodable")
        if (event.source, event.id) not in fresh:
            return "duplicate"
        fresh.discard((event.source, event.id))
        if event.data is None:
            return "unknown"
        if not self._positions.accepts(event):
            return "stale"
        if (delivery.record.topic, deadletter.key_of(delivery.record)) in self._waiting:
            return await self._bury(delivery, "waits behind an earlier event of its key", outcome="parked")
        return await self._handle(delivery, event)

    async def _handle(self, delivery: Delivery, event: Envelope) -> str:
        topic = delivery.record.topic
        token = CAUSE.set(event.cause)
        try:
            if self._careful:
                async with self._connection.transaction():
                    await self._handler(self._connection, event)
            else:
                await self._handler(self._connection, event)
        except (Unavailable, *TRANSIENT):
            raise
        except Exception as error:
            if not self._careful:
                raise
            log.error(Log.EVENT_DEAD_LETTERED, topic=topic, event_type=event.type, event_id=event.id, error=error)
            return await self._bury(delivery, _reason(error), outcome="dead")
        finally:
            CAUSE.reset(token)
        self._dead_in_a_row = 0
        if self._positions.advance(event, contiguous=topic in TOPICS and not TOPICS[topic].compacted):
            self._gaps.append(topic)
        return "handled"

    async def _bury(self, delivery: Delivery, error: str, *, outcome: str) -> str:
        state = "parked" if outcome == "parked" else "dead"
        await deadletter.add(self._connection, self._consumer, delivery.record, error=error, state=state)
        if outcome == "dead":
            self._waiting.add((delivery.record.topic, deadletter.key_of(delivery.record)))
            self._dead_in_a_row += 1
            if self._dead_in_a_row > MAX_DEAD_IN_A_ROW:
                raise TooManyDeadLetters
        return outcome


def _count(outcomes: Sequence[tuple[Delivery, str]], gaps: Sequence[str]) -> None:
    now = datetime.now(UTC)
    for delivery, outcome in outcomes:
        EVENTS_CONSUMED.labels(topic=delivery.record.topic, outcome=outcome).inc()
        if delivery.event and outcome == "handled":
            lag = max(0.0, (now - delivery.event.time).total_seconds())
            CONSUMER_LAG_SECONDS.labels(topic=delivery.record.topic).observe(lag)
    for topic in gaps:
        SEQUENCE_GAPS.labels(topic=topic).inc()


def _reason(error: Exception) -> str:
    """The class and the place, never the message: a database error quotes the row it refused."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


class Consumer:
    """One group member: all topics a service hears, one FastStream batch subscriber, offsets committed by hand after the database."""

    def __init__(  # noqa: PLR0913 -- all named
        self, database: Database, kafka: KafkaSettings, *, group: str, topics: Sequence[str], handler: Handler, client_id: str
    ) -> None:
        self._database = database
        self._group = group
        self._handler = handler
        self._batch = asyncio.Lock()
        self._broker = broker(kafka, client_id=client_id)
        self._stop = asyncio.Event()
        self.halted = False
        self._subscriber: Any = self._broker.subscriber(
            *topics,
            group_id=group,
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=10,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            rebalance_timeout_ms=60_000,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            fetch_max_wait_ms=100,
            listener=_Drain(self._batch),
            parser=_parse,
            decoder=_decode,
        )
        self._subscriber(self._take)

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Until `stop`; the batch in hand is finished before the group is left."""
        await self._broker.start()
        try:
            while not stop.is_set():
                if not self._batch.locked() or self.halted:
                    beat()
                await pause(stop, 0.5)
        finally:
            self._stop.set()
            async with self._batch:
                await self._broker.stop()

    @property
    def ready(self) -> bool:
        """True while partitions are assigned and nothing has halted the consumer."""
        client = self._subscriber.consumer
        return client is not None and bool(client.assignment()) and not self.halted

    async def _take(self, records: tuple[Any, ...]) -> None:
        async with self._batch:
            if self._stop.is_set():
                return
            try:
                with span("consume"):
                    await take_batch(self._database, self._group, self._handler, records)
            except TooManyDeadLetters:
                log.error(Log.CONSUMER_HALTED, consumer=self._group)
                self.halted = True
                await self._again(records)
            except Exception as error:  # noqa: BLE001 -- raising would skip the batch: FastStream goes on with the next one
                log.warning(Log.BATCH_RETRIED, consumer=self._group, error=error)
                await self._again(records)
            else:
                self.halted = False
                await self._commit(records)

    async def _again(self, records: Sequence[Any]) -> None:
        await pause(self._stop, random.uniform(1.0, 30.0 if self.halted else 5.0))  # noqa: S311 -- jitter
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition in first.keys() & self._subscriber.consumer.assignment():
            self._subscriber.consumer.seek(partition, first[partition])

    async def _commit(self, records: Sequence[Any]) -> None:
        """The database has it already: where this fails, the records come again and the inbox knows them."""
        offsets = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        try:
            await self._subscriber.consumer.commit(offsets)
        except KafkaError as error:
            log.warning(Log.OFFSETS_NOT_COMMITTED, consumer=self._group, error=error)


async def take_batch(database: Database, group: str, handler: Handler, records: Sequence[Record]) -> None:
    """One transaction for the batch; where an event fails, once more with a savepoint for each.

    Raises `Unavailable` or a transient database error when the batch must come again, `TooManyDeadLetters` when consuming must stop.
    """
    deliveries = [deliver(record) for record in records]
    with CONSUMER_BATCH_SECONDS.labels(topic=records[0].topic).time():
        try:
            async with database.transaction() as connection:
                count = await Taking(connection, group, handler, careful=False).run(deliveries)
        except (Unavailable, TooManyDeadLetters, *TRANSIENT):
            raise
        except Exception:  # noqa: BLE001 -- whatever the handler raised: find the event that did it
            async with database.transaction() as connection:
                count = await Taking(connection, group, handler, careful=True).run(deliveries)
    count()


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc] -- aiokafka is not typed
    """Lets the batch in hand finish before its partitions go to another member."""

    def __init__(self, batch: asyncio.Lock) -> None:
        self._batch = batch

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 -- the interface
        async with self._batch:
            pass

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to do: positions are in the database."""


async def _parse(records: tuple[Any, ...], original: object) -> KafkaMessage:  # noqa: ARG001 -- FastStream's signature
    """FastStream's own parser stalls a partition for ever on one header that is not UTF-8; ours touches nothing."""
    return KafkaMessage(raw_message=records, body=b"", consumer=_NO_CONSUMER)


async def _decode(message: KafkaMessage, original: object) -> object:  # noqa: ARG001 -- FastStream's signature
    return message.raw_message


class _NoConsumer:
    async def commit(self) -> None:
        """Offsets are committed by `Consumer`, never by FastStream."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Positions are moved by `Consumer`, never by FastStream."""


_NO_CONSUMER = _NoConsumer()
