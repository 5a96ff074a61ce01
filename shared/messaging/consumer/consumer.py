"""The consumer: a transaction for what was fetched (`batch`), offsets after it; no data can stop a partition."""

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
from shared.messaging.consumer.faststream import MAX_RECORDS, batch_subscriber, broker, is_member, outside_its_context
from shared.messaging.consumer.halt import Halt, TooManyDeadLetters
from shared.messaging.consumer.handlers import Handler
from shared.messaging.consumer.offsets import Offsets
from shared.messaging.kafka import reach
from shared.messaging.wakeup import pause
from shared.observability.logging import Log, log
from shared.observability.tracing import span
from shared.settings import KafkaSettings

LONGEST_PAUSE = 30.0


class Consumer:
    """One group member: all topics of a service, one FastStream batch subscriber, offsets committed by hand."""

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
        self._batch = asyncio.Lock()  # held by the batch that is in the database, or by who lets partitions go
        self._letting_go = asyncio.Event()  # set for good, and replaced: what was fetched before is not ours any more
        self._batch_size, self._kafka, self._client_id = AdaptiveBatchSize(MAX_RECORDS), kafka, client_id
        self._broker = broker(kafka, client_id=client_id)
        self._stop, self._context = asyncio.Event(), Context()  # both of `run`
        self._working = False  # a batch is in the database
        self._turns = self._failures = 0  # tries that have ended, well or not; tries of the batch in hand
        self._dead_in_a_row = 0
        self._offsets = Offsets(group)
        self._halt = Halt(database, group)
        self._subscriber = batch_subscriber(self._broker, topics, group=group, listener=_Drain(self._drained))
        self._subscriber(self._take)

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Until `stop`; the batch in hand is finished first. Where Kafka does not answer, it is tried again."""
        self._context = copy_context()
        try:
            while not stop.is_set():
                await self._start(stop, beat)
                await self._watch(stop, beat)
                if not stop.is_set():
                    await self._leave()
        except asyncio.CancelledError:
            for task in self._subscriber.tasks:
                task.cancel()  # there is no time left: give the batch in hand up, its transaction is rolled back
            raise
        finally:
            self._stop.set()
            await self._leave()

    async def _start(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        while not stop.is_set():
            try:
                await reach(self._kafka, client_id=self._client_id)
                await self._broker.start()
            except KafkaError as error:
                log.warning(Log.UNAVAILABLE, part="consumer", error=error)
                await self._broker.stop()
            else:
                return
            beat()
            await pause(stop, random.uniform(0.5, 2.0))  # noqa: S311 -- jitter

    async def _watch(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Until `stop`, or until this member is out of its group for good (its right was taken, say)."""
        seen = -1
        while not stop.is_set():
            # Silent only while one and the same batch is in the database: waiting for the next try is life.
            if not self._working or self._turns != seen:
                seen = self._turns
                beat()
            if not is_member(self._subscriber):
                log.warning(Log.UNAVAILABLE, part="consumer")
                await pause(stop, random.uniform(0.5, 2.0))  # noqa: S311 -- jitter
                return
            await pause(stop, 0.5)

    @property
    def ready(self) -> bool:
        """True while partitions are assigned to a living member that can read them, and nothing has halted it."""
        client = self._subscriber.consumer
        if client is None or self.halted or client.trouble:
            return False
        return bool(client.assignment()) and is_member(self._subscriber)

    @property
    def halted(self) -> bool:
        """True while it cannot go on by itself."""
        return self._halt.on

    async def _take(self, records: tuple[Any, ...]) -> None:
        await outside_its_context(self._take_all(records), self._context)

    async def _take_all(self, records: tuple[Any, ...]) -> None:
        """Batch by batch; in between the partitions may go, and what is left with them."""
        gone = self._letting_go
        while records and not gone.is_set():
            async with self._batch:
                if self._stop.is_set() or gone.is_set():
                    return
                batch = records[: self._batch_size.size]
                if not await self._taken(batch):
                    await self._again(records, gone)
                    return
            records = records[len(batch) :]

    async def _taken(self, batch: tuple[Any, ...]) -> bool:
        """Whether the batch is in the database; why not is never raised: FastStream would go on with the next one."""
        try:
            await self._work(batch)
        except Exception as error:  # noqa: BLE001 -- as said
            if isinstance(error, TooManyDeadLetters):
                await self._halt.enter(error)
            else:
                log.warning(Log.BATCH_RETRIED, consumer=self._group, attempts=self._failures, error=error)
            return False
        await self._halt.leave()
        self._offsets.commit_soon(self._subscriber.consumer, batch)
        return True

    async def _work(self, records: tuple[Any, ...]) -> None:
        self._working = True
        self._failures += 1
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
            self._turns += 1
            self._batch_size.note(len(records), loop.time() - began)

    async def _again(self, records: Sequence[Any], gone: asyncio.Event) -> None:
        """Wait with full jitter, 1 to 30 s, then let all records come again, unless their partitions have gone."""
        await pause(gone, random.uniform(1.0, min(LONGEST_PAUSE, 2.0 ** min(self._failures, 5))))  # noqa: S311 -- jitter
        if gone.is_set():
            return
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition in first.keys() & self._subscriber.consumer.assignment():
            self._subscriber.consumer.seek(partition, first[partition])

    async def _drained(self) -> None:
        """Wait until no batch is in hand and the group knows of all that was taken."""
        self._letting_go.set()
        self._letting_go = asyncio.Event()
        async with self._batch:
            await self._offsets.told()

    async def _leave(self) -> None:
        """Let go of the batch first: FastStream waits for all that it has begun, also for what waits for the lock."""
        await self._drained()
        await self._broker.stop()
        self._offsets.forget()  # of a batch that was taken in between


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc] # -- aiokafka is not typed
    """Lets the batch in hand finish before its partitions go to another member."""

    def __init__(self, drained: Callable[[], Awaitable[None]]) -> None:
        self._drained = drained

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 -- the interface
        await self._drained()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to do: positions are in the database."""
