"""aiokafka's consumer on the Kafka model, and FastStream's batch loop on that."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from tests.model.cluster import Kafka, Record
from tests.model.groups import Rejoin

LARGEST_FETCH = 6  # records of one partition
IDLE = 0.2  # seconds between two looks where nothing comes; the pace is not what is looked at
HEARTBEAT = 2.0


class Consumer:
    """aiokafka's consumer; offsets are committed by hand."""

    def __init__(self, kafka: Kafka, group: str, topics: Sequence[str], listener: Any) -> None:
        self._kafka = kafka
        self._group = kafka.group(group)
        self._topics = topics
        self._listener = listener
        self._number: int | None = None
        self._generation = -1
        self._positions: dict[TopicPartition, int] = {}
        self._joining = True
        self._coordination: asyncio.Task[None] | None = None
        self._coordinator = self
        self.trouble = False  # every partition of the model can be read

    async def start(self) -> None:
        """Connect and join."""
        await asyncio.sleep(self._kafka.delay())
        self._coordination = asyncio.create_task(self._coordinate())

    async def stop(self) -> None:
        """Leave the group."""
        if self._coordination is not None:
            self._coordination.cancel()
            await asyncio.wait({self._coordination})
        if self._number is not None:
            self._group.leave(self._number)

    def check_errors(self) -> None:
        """A member of the model never falls out for good; a fault of the model itself is raised."""
        if self._coordination is not None and self._coordination.done():
            self._coordination.result()

    def assignment(self) -> set[TopicPartition]:
        """What it may read."""
        return set(self._positions)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read on from `offset`; `IllegalStateError` where the partition is not its own."""
        if partition not in self._positions:
            raise IllegalStateError
        self._positions[partition] = offset

    def position_of(self, partition: TopicPartition) -> int:
        """Where it will read next."""
        return self._positions[partition]

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Commit offsets; raises a `KafkaError`."""
        if not offsets.keys() <= self._positions.keys():
            raise IllegalStateError
        await self._kafka.reached()
        self._group.commit(self._number or 0, self._generation, offsets)
        await asyncio.sleep(self._kafka.delay())

    def at_work(self, partitions: set[TopicPartition]) -> None:
        """Note what the handler is at work on."""
        self._group.at_work(self._number or 0, partitions)

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Record]]:
        """The next records of all partitions, or nothing after the time-out."""
        await asyncio.sleep(self._kafka.delay())
        found = self._fetched(max_records)
        if not found:
            await asyncio.sleep(timeout_ms / 1000)
            found = self._fetched(max_records)
        return found

    def _fetched(self, limit: int) -> dict[TopicPartition, list[Record]]:
        found: dict[TopicPartition, list[Record]] = {}
        for partition in () if self._joining or self._kafka.away else sorted(self._positions):
            position = self._positions[partition]
            # A fetch ends where it ends: batches are of any size.
            most = min(limit, self._kafka.loop.random.randint(0, LARGEST_FETCH))
            records = self._kafka.logs[partition][position : position + most]
            if records:
                found[partition] = records
                self._positions[partition] = position + len(records)
                limit -= len(records)
        return found

    async def _coordinate(self) -> None:
        while True:
            self._joining = True
            await self._listener.on_partitions_revoked(set(self._positions))
            await self._kafka.reached()
            self._number, joined = self._group.join(self._number, self._topics)
            self._generation, share = await joined
            await asyncio.sleep(self._kafka.delay())
            self._positions = {one: self._group.committed.get(one, 0) for one in share}
            self._joining = False
            await self._listener.on_partitions_assigned(set(share))
            with contextlib.suppress(Rejoin):
                while True:
                    self._group.heartbeat(self._number, self._generation)
                    await asyncio.sleep(HEARTBEAT)


class Subscriber:
    """FastStream's batch subscriber: fetch, parse, decode, handle, and again; it lets nothing in between."""

    def __init__(self, kafka: Kafka, topics: Sequence[str], options: dict[str, Any]) -> None:
        self._kafka = kafka
        self._topics = topics
        self._options = options
        self._handler: Callable[[Any], Awaitable[None]]
        self.consumer: Consumer | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._running = False

    def __call__(self, handler: Callable[[Any], Awaitable[None]]) -> None:
        """Hand `handler` each batch."""
        self._handler = handler

    async def start(self) -> None:
        """Join and begin to fetch."""
        self.consumer = Consumer(self._kafka, self._options["group_id"], self._topics, self.listener())
        await self.consumer.start()
        self._running = True
        self.tasks = [asyncio.create_task(self._consume(self.consumer))]

    def listener(self) -> Any:
        """Who is told of rebalances."""
        return self._options["listener"]

    async def stop(self) -> None:
        """Finish what was begun, then leave."""
        self._running = False
        await self._idle.wait()
        for task in self.tasks:
            task.cancel()
        self.tasks = []
        if self.consumer is not None:
            await self.consumer.stop()
            self.consumer = None

    async def acknowledge_first(self, consumer: Consumer, found: dict[TopicPartition, list[Record]]) -> None:
        """Nothing: `AckPolicy.MANUAL`."""

    async def _consume(self, consumer: Consumer) -> None:
        while self._running:
            found = await consumer.getmany(
                timeout_ms=self._options["batch_timeout_ms"], max_records=self._options["max_records"]
            )
            records = tuple(record for batch in found.values() for record in batch)
            if not records:
                await asyncio.sleep(IDLE)
                continue
            self._idle.clear()
            consumer.at_work(set(found))
            try:
                await self.acknowledge_first(consumer, found)
                message = await self._options["parser"](records, None)
                await self._handler(await self._options["decoder"](message, None))
            finally:
                consumer.at_work(set())
                self._idle.set()


class Broker:
    """FastStream's broker."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._subscribers: list[Subscriber] = []

    def subscriber(self, *topics: str, **options: Any) -> Subscriber:
        """A new subscriber."""
        self._subscribers.append(Subscriber(self._kafka, topics, options))
        return self._subscribers[-1]

    async def start(self) -> None:
        """Start all subscribers."""
        for subscriber in self._subscribers:
            await subscriber.start()

    async def stop(self) -> None:
        """Stop all subscribers."""
        for subscriber in self._subscribers:
            await subscriber.stop()
