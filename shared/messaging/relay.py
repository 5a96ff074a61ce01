"""The relay: carries the outbox to Kafka, in order per key, each event at least once, with one owner per lane.

A lane is owned by a PostgreSQL advisory lock on the very connection that reads and deletes its rows, so whoever lost the lock can no
longer delete. A crash between publish and delete sends the same event ids again, in order; the inboxes know them.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.database import TRANSIENT, Database
from shared.kernel import Unavailable
from shared.messaging.kafka import producer
from shared.messaging.outbox import LANES
from shared.messaging.wakeup import listen, pause
from shared.messaging.wire import parse_headers
from shared.observability.logging import Log, log
from shared.observability.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_PARKED_KEYS, OUTBOX_PENDING, OUTBOX_PUBLISHED, RELAY_LANES
from shared.settings import KafkaSettings

BATCH = 500
POLL_SECONDS = 0.2
SCAN_SECONDS = 1.0
LOCK_CLASS = 0x5041_5355  # "PASU": our class of advisory locks

# What no number of tries will send.
HOPELESS = (MessageSizeTooLargeError, RecordListTooLargeError, TopicAuthorizationFailedError, InvalidTopicError, UnknownTopicOrPartitionError)

_READ = """
SELECT id, topic, key, headers, payload FROM outbox o
WHERE lane = ANY($1::smallint[]) AND id > $2
  AND NOT EXISTS (SELECT FROM outbox_parked p WHERE p.topic = o.topic AND p.key = o.key)
ORDER BY id LIMIT $3
"""
_STATE = "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float, (SELECT count(*) FROM outbox_parked) FROM outbox"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Relay:
    """One process's relay; run two or more, the second takes over the lanes of the first when that dies."""

    def __init__(self, database: Database, kafka: KafkaSettings, *, client_id: str) -> None:
        self._database = database
        self._kafka = kafka
        self._client_id = client_id
        self._lanes: list[int] = []
        self.ready = False

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Until `stop`; what fails is tried again after a jittered pause, with a fresh connection and a fresh producer."""
        while not stop.is_set():
            beat()
            try:
                await self._serve(stop, beat)
            except (Unavailable, KafkaError, *TRANSIENT) as error:
                log.warning(Log.UNAVAILABLE, part="relay", error=error)
            self._own([])
            await pause(stop, random.uniform(0.2, 1.0))  # noqa: S311 -- jitter

    async def _serve(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        connection = await self._database.connect()
        sender = producer(self._kafka, client_id=self._client_id)
        try:
            await sender.start()
            self.ready = True
            await self._carry(connection, sender, stop, beat)
        finally:
            self.ready = False
            connection.terminate()
            with suppress(KafkaError):
                await sender.stop()

    async def _carry(self, connection: Connection, sender: AIOKafkaProducer, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        woken = await listen(connection)
        loop = asyncio.get_running_loop()
        hint, scan_at = 0, 0.0
        while not stop.is_set():
            beat()
            if loop.time() >= scan_at:
                # A full scan now and then: a lower id may have been committed after a higher one.
                hint, scan_at = 0, loop.time() + SCAN_SECONDS
                await self._claim(connection)
                await _report(connection)
            woken.clear()
            rows = await connection.fetch(_READ, self._lanes, hint, BATCH) if self._lanes else []
            if rows:
                await _publish(connection, sender, rows)
                hint = rows[-1]["id"]
            if len(rows) < BATCH:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), POLL_SECONDS)

    async def _claim(self, connection: Connection) -> None:
        free = [lane for lane in range(LANES) if lane not in self._lanes]
        taken = await connection.fetch(
            "SELECT lane FROM unnest($2::int[]) AS lane WHERE pg_try_advisory_lock($1, lane)", LOCK_CLASS, free
        )
        if taken:
            self._own(sorted([*self._lanes, *(row["lane"] for row in taken)]))

    def _own(self, lanes: list[int]) -> None:
        if lanes != self._lanes:
            log.info(Log.RELAY_LANES_CHANGED, lanes=len(lanes))
        self._lanes = lanes
        RELAY_LANES.set(len(lanes))


async def _publish(connection: Connection, sender: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> None:
    """Send all, wait for all, delete what arrived; the first row of a key that failed holds the rest of that key back."""
    results = await asyncio.gather(*[_send(sender, row) for row in rows], return_exceptions=True)
    held: set[tuple[str, str]] = set()
    sent: list[int] = []
    for row, result in zip(rows, results, strict=True):
        key = (row["topic"], row["key"])
        if isinstance(result, HOPELESS) and key not in held:
            await _park(connection, key, result)
        if isinstance(result, BaseException):
            held.add(key)
        elif key not in held:
            sent.append(row["id"])
            OUTBOX_PUBLISHED.labels(topic=row["topic"]).inc()
    await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", sent)
    passing = next((error for error in results if isinstance(error, BaseException) and not isinstance(error, HOPELESS)), None)
    if passing is not None:
        raise passing


async def _send(sender: AIOKafkaProducer, row: asyncpg.Record) -> None:
    future = await sender.send(
        row["topic"], value=row["payload"], key=row["key"].encode(), headers=parse_headers(row["headers"])
    )
    await future


async def _park(connection: Connection, key: tuple[str, str], error: BaseException) -> None:
    log.error(Log.KEY_PARKED, topic=key[0], error=error)
    await connection.execute(
        "INSERT INTO outbox_parked (topic, key, error) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", *key, type(error).__name__
    )


async def _report(connection: Connection) -> None:
    pending, oldest, parked = await connection.fetchrow(_STATE) or (0, 0.0, 0)
    OUTBOX_PENDING.set(pending)
    OUTBOX_OLDEST_SECONDS.set(oldest)
    OUTBOX_PARKED_KEYS.set(parked)
