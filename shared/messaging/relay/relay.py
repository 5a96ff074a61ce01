"""The relay: publishes outbox rows to Kafka, in order per key and at least once; one relay leads, others stand by.

The leader holds a PostgreSQL advisory lock on the same connection that reads and deletes the rows, so a relay that has
lost the lock cannot delete any more, and Kafka refuses its records once its successor has written (`fencing.py`).
After a crash between publish and delete the same events are sent again, in order; the inboxes recognise them.
What Kafka has stored is kept in `outbox_published` for some days (`republish.py`).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.database import Database
from shared.messaging.kafka import answered, faulty, producer, reach
from shared.messaging.outbox import COLUMNS
from shared.messaging.relay.fencing import take_over
from shared.messaging.relay.horizon import READ, Horizon
from shared.messaging.relay.record_batches import HOPELESS, TOO_LARGE, OrderingKey, RecordBatches, send_record_batches
from shared.messaging.wakeup import listen
from shared.observability.faults import Fault, Faulty, report, resolve
from shared.observability.logging import Log, log
from shared.observability.metrics import (
    OUTBOX_OLDEST_SECONDS,
    OUTBOX_PARKED_KEYS,
    OUTBOX_PENDING,
    OUTBOX_PUBLISHED,
    RELAY_LEADING,
)
from shared.observability.retrying import pause, until_it_works
from shared.settings import KafkaSettings

BATCH = 500
POLL_SECONDS = 0.2
SCAN_SECONDS = 1.0
PART = "relay"
SILENT_SECONDS = 20.0  # without an answer of Kafka, after which the relay is not ready
STOP_ROUNDS = 10  # how many half-seconds to wait for Kafka after `stop`
LOCK = 0x5041_5355  # "PASU": the advisory lock of the leader

# Runs every second, so rows are counted up to 100,000 only, and the age is that of the first row.
_STATE = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS counted),
       coalesce((SELECT extract(epoch FROM now() - created_at) FROM outbox ORDER BY id LIMIT 1), 0)::float
"""
_CLAIM = "SELECT pg_try_advisory_lock($1)"
_MOVE = f"""
WITH stored AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING {COLUMNS})
INSERT INTO outbox_published ({COLUMNS}) SELECT {COLUMNS} FROM stored
"""  # noqa: S608 -- constant names
# If a crash of the server loses what this connection has written, rows are sent or parked once more, which is harmless.
# Each batch is planned for the outbox as it is: a plan from when it was empty reads all of it for each batch.
_SWIFT = "SET synchronous_commit = off; SET plan_cache_mode = force_custom_plan"
_PARKED = "SELECT topic, key FROM outbox_parked"
_PARK = "INSERT INTO outbox_parked (topic, key, error) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Beat: TypeAlias = Callable[[], None]


class Relay:
    """The relay of one process. Run two or more with the same `client_id`: a second takes over when the first dies.

    `topics` are those that must exist before it begins. `ready` is true while it leads or stands by.
    """

    def __init__(self, database: Database, kafka: KafkaSettings, *, client_id: str, topics: Sequence[str] = ()) -> None:
        self._database = database
        self._topics = topics
        self._kafka = kafka
        self._client_id = client_id
        self._parked: set[OrderingKey] = set()
        self._one_by_one = 0
        self.ready = False

    async def run(self, stop: asyncio.Event, beat: Beat) -> None:
        """Run until `stop` is set; after a failure it pauses and begins again with new connections. Calls `beat`."""
        await until_it_works(PART, lambda: self._serve(stop, beat), explain=self._explain, stop=stop, beat=beat)

    async def _serve(self, stop: asyncio.Event, beat: Beat) -> None:
        connection = await self._database.connect()
        try:
            await self._relay(connection, stop, beat)
        finally:
            connection.terminate()

    async def _relay(self, connection: Connection, stop: asyncio.Event, beat: Beat) -> None:
        sender = producer(self._kafka, client_id=self._client_id)
        try:
            woken = await listen(connection)
            await self._report(connection)  # Kafka may not answer for long
            await reach(self._kafka, client_id=self._client_id, topics=self._topics)
            beat()
            await answered(sender.start(), self._kafka)
            if await self._wait_for_lock(connection, stop, beat):
                await answered(take_over(sender, self._kafka, client_id=self._client_id), self._kafka)
                await connection.execute(_SWIFT)
                await self._publish(connection, sender, woken=woken, stop=stop, beat=beat)
        finally:
            self.ready = False
            RELAY_LEADING.set(0)
            connection.terminate()  # releases the lock first, so that another relay can take over at once
            stopping = asyncio.create_task(sender.stop())
            await _wait_for_kafka({stopping}, stop, beat)
            stopping.cancel()

    async def _wait_for_lock(self, connection: Connection, stop: asyncio.Event, beat: Beat) -> bool:
        """Stand by until this relay has the lock; returns False if `stop` was set first."""
        while not stop.is_set():
            beat()
            if await connection.fetchval(_CLAIM, LOCK):
                return True
            self._works()
            await self._report(connection)
            await pause(stop, SCAN_SECONDS)
        return False

    async def _publish(
        self,
        connection: Connection,
        sender: AIOKafkaProducer,
        *,
        woken: asyncio.Event,
        stop: asyncio.Event,
        beat: Beat,
    ) -> None:
        log.info(Log.RELAY_LEADS)
        RELAY_LEADING.set(1)
        loop = asyncio.get_running_loop()
        horizon, scan_at = Horizon(), 0.0
        while not stop.is_set():
            beat()
            if loop.time() >= scan_at:
                # Read from the beginning once a second: rows of a released key are older than the horizon.
                horizon, scan_at = Horizon(), loop.time() + SCAN_SECONDS
                await self._report(connection)
            woken.clear()
            limit = 1 if self._one_by_one else BATCH
            rows = await self._read(connection, horizon.hint, limit)
            if rows:
                self._one_by_one = max(0, self._one_by_one - 1)
                batches = await send_record_batches(sender, rows)
                sent = {batch.future for batch in batches.accepted}
                await _wait_for_kafka(sent, stop, beat, meanwhile=partial(self._wait, connection, loop.time()))
                await self._conclude(connection, batches)
                horizon.advance(rows, limit=limit)
            self._works()
            if len(rows) < limit:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), POLL_SECONDS)

    async def _wait(self, connection: Connection, since: float) -> None:
        """Report the outbox meanwhile; Kafka that is silent for long is a fault, though the producer tries again."""
        await self._report(connection)
        if asyncio.get_running_loop().time() - since > SILENT_SECONDS:
            self.ready = False
            report(PART, Faulty(Fault.KAFKA_UNREACHABLE, self._kafka.bootstrap_servers))

    def _works(self) -> None:
        self.ready = True
        resolve(PART)

    def _explain(self, error: Exception) -> Faulty:
        if isinstance(error, KafkaError):
            return faulty(error, self._kafka.bootstrap_servers)
        return self._database.explain(error)

    async def _read(self, connection: Connection, hint: int, limit: int) -> list[asyncpg.Record]:
        topics, keys = [topic for topic, _ in self._parked], [key for _, key in self._parked]
        return await connection.fetch(READ, hint, limit, topics, keys)

    async def _conclude(self, connection: Connection, batches: RecordBatches) -> None:
        """Move what Kafka has stored out of the outbox, park keys whose record can never be sent, raise other errors.

        The caller must then begin again with a new producer: after a refused batch the sequence numbers of the
        idempotent producer have a gap.
        """
        arrived, failed = batches.results()
        await connection.execute(_MOVE, [item.id for item in arrived])
        for topic, count in Counter(item.ordering_key[0] for item in arrived).items():
            OUTBOX_PUBLISHED.labels(topic=topic).inc(count)
        hopeless = {ordering_key: error for ordering_key, error in failed.items() if isinstance(error, HOPELESS)}
        if batches.count > 1 and any(isinstance(error, TOO_LARGE) for error in hopeless.values()):
            # The broker refuses whole batches: send the records one by one to find the one that is too large.
            self._one_by_one = BATCH
            hopeless = {
                ordering_key: error for ordering_key, error in hopeless.items() if not isinstance(error, TOO_LARGE)
            }
        await self._park(connection, batches.refused | hopeless)
        for error in (batches.broken, *failed.values()):
            if error is not None:
                raise error

    async def _park(self, connection: Connection, ordering_keys: dict[OrderingKey, KafkaError]) -> None:
        for (topic, key), error in ordering_keys.items():
            log.error(Log.KEY_PARKED, topic=topic, error=error)
            await connection.execute(_PARK, topic, key, type(error).__name__)
        self._parked |= ordering_keys.keys()

    async def _report(self, connection: Connection) -> None:
        pending, oldest = await connection.fetchrow(_STATE) or (0, 0.0)
        self._parked = {(row["topic"], row["key"]) for row in await connection.fetch(_PARKED)}
        OUTBOX_PENDING.set(pending)
        OUTBOX_OLDEST_SECONDS.set(oldest)
        OUTBOX_PARKED_KEYS.set(len(self._parked))


async def _wait_for_kafka(
    pending: "set[asyncio.Future[object]]",
    stop: asyncio.Event,
    beat: Beat,
    *,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Wait until all are done, and call `meanwhile` every half second.

    The idempotent producer retries for ever, so after `stop` wait a few seconds only.
    """
    rounds = STOP_ROUNDS
    while pending and rounds:
        _, pending = await asyncio.wait(pending, timeout=0.5)
        beat()
        if pending and meanwhile is not None:
            await meanwhile()
        rounds -= stop.is_set()
