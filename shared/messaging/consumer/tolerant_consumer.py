"""A Kafka client for which one unreadable partition is reported and does not stop the others.

FastStream ignores what `getmany` raises, and aiokafka then loses the records that it had already returned internally.
So `getmany` raises nothing while the client is open: a partition that cannot be read is paused and tried again later,
the others continue.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from shared.messaging.consumer.tolerant_reading import Damage, tolerant
from shared.observability.logging import Log, log
from shared.observability.metrics import CONSUMER_LAG_RECORDS, FETCH_FAILURES, UNREADABLE_PARTITIONS

SILENT: Final = 30.0
"""Seconds without an answer from Kafka about an assigned partition, after which it counts as unreadable."""

FAILED_FOR: Final = 15.0  # seconds after a failed fetch in which `trouble` is true
REST: Final = (5.0, 10.0)  # seconds, at random between these, until a damaged partition is read again
_PAUSE: Final = 0.5
_EACH: Final = 1.0  # seconds between two checks of all partitions


class TolerantConsumer(AIOKafkaConsumer):  # type: ignore[misc] # -- aiokafka is not typed
    """As its parent, but `getmany` reports errors in the log, the metrics and `trouble` instead of raising them."""

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._damaged: dict[TopicPartition, int] = {}  # partition → first offset that cannot be read
        self._resting: dict[TopicPartition, float] = {}  # paused partition → monotonic time when it is read again
        self._heard: dict[TopicPartition, float] = {}  # partition → monotonic time of its last records
        self._silent: set[TopicPartition] = set()
        self._failed_at = self._checked_at = float("-inf")

    @property
    def trouble(self) -> bool:
        """Whether an assigned partition cannot be fetched or read at the moment."""
        return bool(self._silent or self._still_damaged()) or time.monotonic() - self._failed_at < FAILED_FOR

    async def start(self) -> None:
        """As the parent's; records are read by `tolerant_reading`."""
        with tolerant():
            await super().start()

    async def stop(self) -> None:
        """As the parent's; clears the metrics of its partitions."""
        topics = self.subscription()
        await super().stop()
        CONSUMER_LAG_RECORDS.clear()
        for topic in topics:
            UNREADABLE_PARTITIONS.labels(topic=topic).set(0)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """As the parent's, but raises only `ConsumerStoppedError`; a failed fetch is logged and returns nothing."""
        self._resume_rested()
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
                self._pause_damaged(records.pop())
        self._report_lag(found.keys())
        self._check_silence()
        return {partition: records for partition, records in found.items() if records}

    async def _note_failure(self, error: Exception) -> None:
        self._failed_at = time.monotonic()
        FETCH_FAILURES.labels(kind=type(error).__name__).inc()
        log.error(Log.FETCH_FAILED, consumer=self._group_id, error=error)
        await asyncio.sleep(_PAUSE)

    def _pause_damaged(self, damage: Damage) -> None:
        """Pause the partition for a while; its position stays at the damaged offset."""
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
        self._checked_at = float("-inf")

    def _resume_rested(self) -> None:
        now = time.monotonic()
        for partition in [partition for partition, until in self._resting.items() if until <= now]:
            del self._resting[partition]
            if partition in self.assignment():
                self.resume(partition)

    def _still_damaged(self) -> set[TopicPartition]:
        """The damaged partitions that are still assigned and still at the damaged offset."""
        ours = self.assignment()
        return {one for one, offset in self._damaged.items() if one in ours and self._position(one) == offset}

    def _check_silence(self) -> None:
        """Once a second: find the partitions without answers from Kafka, log new ones, and update the metrics."""
        now = time.monotonic()
        if now - self._checked_at < _EACH:
            return
        self._checked_at, ours = now, self.assignment()
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
        CONSUMER_LAG_RECORDS.clear()  # of partitions that have gone to another process nothing is reported any more
        self._report_lag(ours)
        counts = Counter(partition.topic for partition in silent | self._still_damaged())
        for topic in self.subscription():
            UNREADABLE_PARTITIONS.labels(topic=topic).set(counts[topic])

    def _report_lag(self, partitions: AbstractSet[TopicPartition]) -> None:
        for one in partitions & self.assignment():
            end, position = self.highwater(one), self._position(one)
            if end is not None and position is not None:
                CONSUMER_LAG_RECORDS.labels(one.topic, str(one.partition)).set(max(0, end - position))

    def _age(self, partition: TopicPartition, now: float) -> float:
        """Seconds since the last answer from Kafka about a partition; 0 if fetched records are waiting here."""
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
