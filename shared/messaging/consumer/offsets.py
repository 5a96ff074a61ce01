"""How far a group has come: told to Kafka behind the database, one commit at a time, while the next batch is taken."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.observability.logging import Log, log

PAUSE = 0.02  # between two commits: those of hundreds of small batches a second would cost as much as the events


class Offsets:
    """The offsets of one consumer; of several batches that are taken by then, the last ones are committed."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._taken: dict[TopicPartition, int] = {}  # in the database, not yet told
        self._committing: asyncio.Task[None] | None = None

    def commit_soon(self, consumer: Any, records: Sequence[Any]) -> None:
        """The database has `records`; those of one partition follow each other."""
        self._taken |= {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit(consumer))

    async def told(self) -> None:
        """Wait until Kafka knows, or has refused to."""
        if self._committing is not None:
            await self._committing

    def forget(self) -> None:
        """Nobody is there any more through whom they could be committed."""
        if self._committing is not None:
            self._committing.cancel()
        self._taken, self._committing = {}, None

    async def _commit(self, consumer: Any) -> None:
        while self._taken:
            offsets, self._taken = self._taken, {}
            try:
                await consumer.commit(offsets)
            except KafkaError as error:
                # The database has it already: the records come again and the inbox knows them.
                log.warning(Log.OFFSETS_NOT_COMMITTED, consumer=self._group, error=error)
            await asyncio.sleep(PAUSE)
