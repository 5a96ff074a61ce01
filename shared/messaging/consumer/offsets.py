"""Commits offsets to Kafka in the background, after the database commit, while the next batch is processed."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.observability.logging import Log, log

PAUSE = 0.02  # seconds between two commits: committing each of hundreds of small batches would be too expensive


class Offsets:
    """Commits the offsets of one consumer, one commit at a time; each covers all batches processed by then."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._pending: dict[TopicPartition, int] = {}  # processed, but not yet committed to Kafka
        self._committing: asyncio.Task[None] | None = None

    def commit_soon(self, consumer: Any, records: Sequence[Any]) -> None:
        """Commit the offsets behind `records` soon; returns at once. `records` must be in order and processed."""
        self._pending |= {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit(consumer))

    async def wait_committed(self) -> None:
        """Wait until all offsets are committed, or Kafka has refused them; raises nothing."""
        if self._committing is not None:
            await self._committing

    def forget(self) -> None:
        """Drop what is not committed yet: the client is closed."""
        if self._committing is not None:
            self._committing.cancel()
        self._pending, self._committing = {}, None

    async def _commit(self, consumer: Any) -> None:
        while self._pending:
            offsets, self._pending = self._pending, {}
            try:
                await consumer.commit(offsets)
            except KafkaError as error:
                # Harmless: the records will be read again, and the inbox recognises them.
                log.warning(Log.OFFSETS_NOT_COMMITTED, consumer=self._group, error=error)
            await asyncio.sleep(PAUSE)
