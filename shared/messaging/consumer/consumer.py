"""The consumer of a service: fetches records, processes them in transactions, then commits the offsets to Kafka.

Whatever a record contains, it never stops its partition: at worst it becomes a dead letter (`batch.py`).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.database import Database
from shared.messaging.consumer.adaptive_batch_size import AdaptiveBatchSize
from shared.messaging.consumer.batch import process_batch
from shared.messaging.consumer.faststream import (
    MAX_RECORDS,
    batch_subscriber,
    broker,
    has_joined,
    outside_its_context,
    why_not_member,
)
from shared.messaging.consumer.halt import Halt, TooManyDeadLetters
from shared.messaging.consumer.handlers import Handler
from shared.messaging.consumer.offsets import Offsets
from shared.messaging.kafka import answered, faulty, reach
from shared.observability.faults import Fault, Faulty, report, resolve
from shared.observability.logging import Log, log
from shared.observability.metrics import SEQUENCE_GAPS
from shared.observability.retrying import pause, pause_after, until_it_works
from shared.observability.tracing import span
from shared.settings import KafkaSettings

LONGEST_PAUSE = 30.0
PART = "consumer"


class Consumer:
    """One member of the consumer group of a service: one FastStream batch subscriber for all its topics.

    `handler` gets the new events of a batch, in the transaction of the batch (`handlers.py`).
    """

    def __init__(
        self,
        database: Database,
        kafka: KafkaSettings,
        *,
        group: str,
        topics: Sequence[str],
        handler: Handler,
        client_id: str,
    ) -> None:
        self._database, self._group, self._handler = database, group, handler
        self._batch = asyncio.Lock()  # held while a batch is in its transaction, and while partitions are given up
        self._revoked = asyncio.Event()  # set once, then replaced: records fetched before it are no longer ours
        self._batch_size, self._kafka, self._client_id = AdaptiveBatchSize(MAX_RECORDS), kafka, client_id
        self._topics = topics
        for topic in topics:
            SEQUENCE_GAPS.labels(topic=topic)  # from 0 on, or the first gap would be no increase
        self._broker = broker(kafka, client_id=client_id)
        self._stop, self._context = asyncio.Event(), Context()  # set by `run`
        self._working = False  # a batch is in its transaction
        self._attempts = 0  # attempts that have ended, successful or not
        self._failures = 0  # failed attempts of the current batch
        self._dead_in_a_row = 0
        self._offsets = Offsets(group)
        self._halt = Halt(database, group)
        self._subscriber = batch_subscriber(self._broker, topics, group=group, listener=_Drain(self._drain))
        self._subscriber(self._receive)

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Consume until `stop` is set, then finish the current batch; calls `beat` while it makes progress.

        While Kafka does not answer it retries. If the task is cancelled, the current batch is rolled back.
        """
        self._context = copy_context()
        try:
            while not stop.is_set():
                await self._start(stop, beat)
                await self._watch(stop, beat)
                if not stop.is_set():
                    await self._leave()
        except asyncio.CancelledError:
            for task in self._subscriber.tasks:
                task.cancel()  # there is no time left: abandon the current batch, its transaction is rolled back
            raise
        finally:
            self._stop.set()
            await self._leave()

    async def _start(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        await until_it_works(PART, lambda: self._begin(beat), explain=self._explain, stop=stop, beat=beat)

    async def _begin(self, beat: Callable[[], None]) -> None:
        await reach(self._kafka, client_id=self._client_id, topics=self._topics)
        beat()
        try:
            await answered(self._broker.start(), self._kafka)
        except (KafkaError, Faulty):
            await self._broker.stop()
            raise

    def _explain(self, error: Exception) -> Faulty:
        if isinstance(error, Faulty):
            return error
        if not isinstance(error, KafkaError):
            raise error
        return faulty(error, f"{self._group} at {self._kafka.bootstrap_servers}")

    async def _watch(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Return when `stop` is set, or when the membership in the group has ended (its access was revoked, say)."""
        seen = -1
        while not stop.is_set():
            # No beat while the same attempt is running: then it may hang. Waiting for a retry is normal.
            if not self._working or self._attempts != seen:
                seen = self._attempts
                beat()
            ended = why_not_member(self._subscriber)
            if ended is not None:
                report(PART, self._explain(ended))
                await pause(stop, pause_after(3))
                return
            self._report_state()
            await pause(stop, 0.5)

    def _report_state(self) -> None:
        """Report what only this consumer can see of itself: a halt, or a partition that cannot be read."""
        if self.halted:
            report(PART, Faulty(Fault.CONSUMER_HALTED, self._group))
        elif self._subscriber.consumer.trouble:
            report(PART, Faulty(Fault.PARTITION_UNREADABLE, self._group))
        else:
            resolve(PART)

    @property
    def ready(self) -> bool:
        """Whether it has joined its group, can read its partitions, and has not halted.

        Without a partition, because others have them all, it stands by and is ready.
        """
        client = self._subscriber.consumer
        if client is None or self.halted or client.trouble:
            return False
        return has_joined(self._subscriber)

    @property
    def halted(self) -> bool:
        """Whether it has stopped because of too many dead letters in a row and waits for an operator."""
        return self._halt.on

    async def _receive(self, records: tuple[Any, ...]) -> None:
        await outside_its_context(self._process_all(records), self._context)

    async def _process_all(self, records: tuple[Any, ...]) -> None:
        """Process fetched records batch by batch; stop if their partitions are revoked in between."""
        revoked = self._revoked
        while records and not revoked.is_set():
            async with self._batch:
                if self._stop.is_set() or revoked.is_set():
                    return
                batch = records[: self._batch_size.size]
                if not await self._try_batch(batch):
                    await self._retry_later(records, revoked)
                    return
            records = records[len(batch) :]

    async def _try_batch(self, batch: tuple[Any, ...]) -> bool:
        """Process a batch; returns whether it was committed. Errors are not raised: FastStream would skip the batch."""
        try:
            await self._process(batch)
        except Exception as error:  # noqa: BLE001 -- see above
            if isinstance(error, TooManyDeadLetters):
                await self._halt.enter(error)
            else:
                log.warning(Log.BATCH_RETRIED, consumer=self._group, attempts=self._failures, error=error)
            return False
        await self._halt.leave()
        self._offsets.commit_soon(self._subscriber.consumer, batch)
        return True

    async def _process(self, records: tuple[Any, ...]) -> None:
        self._working = True
        self._failures += 1  # until it has succeeded
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            with span("consume"):
                self._dead_in_a_row = await process_batch(
                    self._database, self._group, self._handler, records, dead_in_a_row=self._dead_in_a_row
                )
            self._failures = 0
        finally:
            self._working = False
            self._attempts += 1
            self._batch_size.note(len(records), loop.time() - began)

    async def _retry_later(self, records: Sequence[Any], revoked: asyncio.Event) -> None:
        """Back off with jitter, 1 to 30 s, then seek back to the first of `records`, unless they were revoked."""
        await pause(revoked, random.uniform(1.0, min(LONGEST_PAUSE, 2.0 ** min(self._failures, 5))))  # noqa: S311 -- jitter
        if revoked.is_set():
            return
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition in first.keys() & self._subscriber.consumer.assignment():
            self._subscriber.consumer.seek(partition, first[partition])

    async def _drain(self) -> None:
        """Give up the records that are not processed yet; wait for the current batch and for its offset commit."""
        self._revoked.set()
        self._revoked = asyncio.Event()
        async with self._batch:
            await self._offsets.wait_committed()

    async def _leave(self) -> None:
        """Leave the group. Drain first, because FastStream waits for all calls that it has begun."""
        await self._drain()
        await self._broker.stop()
        self._offsets.forget()  # offsets of a batch that was processed in between


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc] # -- aiokafka is not typed
    """Lets the current batch finish before its partitions go to another member."""

    def __init__(self, drain: Callable[[], Awaitable[None]]) -> None:
        self._drain = drain

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 -- the interface
        await self._drain()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to do: aiokafka continues at the committed offsets, and the inbox knows what was processed."""
