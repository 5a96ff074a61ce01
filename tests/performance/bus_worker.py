"""The processes of the latency measurement: a writer at a steady rate, a relay, a consumer.

Each writes what it saw into OUT when it ends.

python -m tests.performance.bus_worker writer|relay|consumer OUT --rate 200 --seconds 10
"""

import argparse
import asyncio
import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import uvloop

from shared.contracts.ids import new_id
from shared.contracts.registration import MEETING, MeetingOpened
from shared.database import Connection, Database
from shared.kernel import Actor
from shared.messaging import outbox
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.handlers import one_by_one
from shared.messaging.relay.relay import Relay
from shared.messaging.wakeup import Notifier
from shared.runtime import reduce_garbage_collection
from shared.settings import KafkaSettings

ACTOR = Actor(subject="bench")
GROUP = "eoffice.bench"


def quiet() -> None:
    """No heartbeat is watched here."""


async def write(database: Database, *, rate: int, seconds: float) -> dict[str, float]:
    """One fact a transaction, `rate` a second; identifier → the moment after its commit (Unix seconds)."""
    stop = asyncio.Event()
    notifier = asyncio.create_task(Notifier(database).run(stop, quiet))
    committed: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + number / rate - loop.time()))
        key = new_id()
        async with database.transaction() as connection:
            await append(connection, key, at=datetime.now(UTC))
        committed[str(key)] = time.time()
    await asyncio.sleep(1.0)
    stop.set()
    await notifier
    return committed


async def append(connection: Connection, key: UUID, *, at: datetime) -> None:
    """One fact of an aggregate of its own."""
    facts = [MeetingOpened(meeting_id=key)]
    entries = outbox.entries(facts, aggregate="meeting", aggregate_id=str(key), first_sequence=1, actor=ACTOR, at=at)
    await outbox.write(connection, entries)


async def relay(database: Database, stop: asyncio.Event) -> dict[str, float]:
    """Until told to stop."""
    await Relay(database, KafkaSettings(), client_id="bench-relay").run(stop, quiet)
    return {}


async def consume(database: Database, stop: asyncio.Event) -> dict[str, float]:
    """Identifier → the moment after the commit that holds its effect."""
    seen: list[str] = []
    committed: dict[str, float] = {}

    @one_by_one
    async def take(connection: Connection, event: Envelope) -> None:
        await connection.execute("INSERT INTO bench_effect VALUES ($1)", event.id)
        seen.append(event.subject)

    def stamp() -> None:
        now = time.time()
        committed.update(dict.fromkeys(seen, now))
        seen.clear()

    database.on_commit.append(stamp)
    consumer = Consumer(
        database, KafkaSettings(), group=GROUP, topics=[MEETING.name], handler=take, client_id="bench-consumer"
    )
    running = asyncio.create_task(consumer.run(stop, quiet))
    while not consumer.ready:  # noqa: ASYNC110 -- Kafka decides
        await asyncio.sleep(0.05)
    print("ready", flush=True)
    await running
    return committed


async def main() -> None:
    """One part, until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("writer", "relay", "consumer"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    chosen = parser.parse_args()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = Database(os.environ["BENCH_DSN"], pool_size=4)
    await database.open()
    reduce_garbage_collection()
    match chosen.part:
        case "writer":
            found = await write(database, rate=chosen.rate, seconds=chosen.seconds)
        case "relay":
            found = await relay(database, stop)
        case _:
            found = await consume(database, stop)
    await database.close()
    chosen.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    uvloop.run(main())
