"""The Kafka client of a consumer: what it cannot fetch or read is seen, and holds up no other partition.

FastStream drops whatever `getmany` raises, and aiokafka loses what it had drained before it. So nothing is raised here
while the client lives: a partition that cannot be read rests, and is tried again; the others go on.
"""

import asyncio
import random
import time
from collections import Counter
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from shared.messaging.consumer.tolerant_reading import Damage, tolerant
from shared.observability.logging import Log, log
from shared.observability.metrics import FETCH_FAILURES, UNREADABLE_PARTITIONS

SILENT: Final = 30.0
"""Seconds without an answer of Kafka about a partition that is asked for all the time."""

FAILED_FOR: Final = 15.0  # seconds for which a failed fetch counts
REST: Final = (5.0, 10.0)  # seconds until a damaged partition is tried again
_PAUSE: Final = 0.5
_EACH: Final = 1.0  # seconds between two looks at all partitions


class TolerantConsumer(AIOKafkaConsumer):  # type: ignore[misc] # -- aiokafka is not typed
    """As its parent, but `getmany` says what is wrong in the log, in the metrics and in `trouble`."""

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._damaged: dict[TopicPartition, int] = {}  # and the offset from which on
        self._resting: dict[TopicPartition, float] = {}  # and until when
        self._heard: dict[TopicPartition, float] = {}
        self._silent: set[TopicPartition] = set()
        self._failed_at = self._looked_at = float("-inf")

    @property
    def trouble(self) -> bool:
        """True while something that is assigned to us cannot be fetched or read."""
        return bool(self._silent or self._standing()) or time.monotonic() - self._failed_at < FAILED_FOR

    async def start(self) -> None:
        """As the parent's; whatever is fetched is read tolerantly."""
        with tolerant():
            await super().start()

    async def stop(self) -> None:
        """As the parent's; who has gone says nothing about partitions any more."""
        topics = self.subscription()
        await super().stop()
        for topic in topics:
            UNREADABLE_PARTITIONS.labels(topic=topic).set(0)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """As the parent's; raises nothing but `ConsumerStoppedError`."""
        self._wake()
        try:
            found = await super().getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records)
        except ConsumerStoppedError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other partitions go on
            await self._note_failure(error)
            return {}
        for partition, records in found.items():
            self._heard[partition] = time.monotonic()
            if isinstance(records[-1], Damage):
                self._rest(records.pop())
        self._look()
        return {partition: records for partition, records in found.items() if records}

    async def _note_failure(self, error: Exception) -> None:
        self._failed_at = time.monotonic()
        FETCH_FAILURES.labels(kind=type(error).__name__).inc()
        log.error(Log.FETCH_FAILED, consumer=self._group_id, error=error)
        await asyncio.sleep(_PAUSE)

    def _rest(self, damage: Damage) -> None:
        """Leave the partition alone for a while; its position stays before what cannot be read."""
        partition = damage.partition
        self._damaged[partition] = damage.offset
        self._resting[partition] = time.monotonic() + random.uniform(*REST)  # noqa: S311 -- jitter
        self.pause(partition)
        log.error(
            Log.PARTITION_UNREADABLE,
            consumer=self._group_id,
            topic=partition.topic,
            partition=partition.partition,
            offset=damage.offset,
            error=damage.error,
        )
        self._looked_at = float("-inf")

    def _wake(self) -> None:
        now = time.monotonic()
        for partition in [partition for partition, until in self._resting.items() if until <= now]:
            del self._resting[partition]
            if partition in self.assignment():
                self.resume(partition)

    def _standing(self) -> set[TopicPartition]:
        """The damaged partitions that are still ours and have not come further."""
        ours = self.assignment()
        return {one for one, offset in self._damaged.items() if one in ours and self._position(one) == offset}

    def _look(self) -> None:
        """Once a second: about which partitions Kafka is silent, and what the metrics say."""
        now = time.monotonic()
        if now - self._looked_at < _EACH:
            return
        self._looked_at, ours = now, self.assignment()
        self._heard = {one: self._heard.get(one, now) for one in ours}
        silent = {one for one in ours - self._resting.keys() if self._age(one, now) > SILENT}
        for partition in silent - self._silent:
            log.error(
                Log.PARTITION_UNREADABLE,
                consumer=self._group_id,
                topic=partition.topic,
                partition=partition.partition,
                seconds=round(self._age(partition, now)),
            )
        self._silent = silent
        counts = Counter(partition.topic for partition in silent | self._standing())
        for topic in self.subscription():
            UNREADABLE_PARTITIONS.labels(topic=topic).set(counts[topic])

    def _age(self, partition: TopicPartition, now: float) -> float:
        """Seconds since Kafka last said anything about a partition; what it has said may wait here to be taken."""
        if partition in self._fetcher._records:  # noqa: SLF001 -- there is no public way to ask
            return 0.0
        answered = self._state(partition).timestamp  # milliseconds of the wall clock
        since = now - self._heard[partition]
        return since if answered is None else min(since, max(0.0, time.time() - answered / 1000))

    def _position(self, partition: TopicPartition) -> int | None:
        state = self._state(partition)
        return state.position if state.has_valid_position else None

    def _state(self, partition: TopicPartition) -> Any:
        return self._subscription.subscription.assignment.state_value(partition)
