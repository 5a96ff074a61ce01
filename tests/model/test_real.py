"""The same promise on the real PostgreSQL and Kafka: a crash at every await, and the transactions of a bad moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import asyncpg
import pytest

from shared.database import Database
from shared.messaging.cloudevents import read
from shared.messaging.consumer.batch import process_batch
from shared.messaging.consumer.handlers import one_by_one
from shared.messaging.relay.horizon import READ, Horizon
from shared.messaging.relay.relay import Relay
from shared.settings import KafkaSettings
from tests.model.crash import clear_away, crash_after
from tests.shared.bus import (
    event,
    everything,
    execute,
    heard,
    key_of,
    note,
    numbered,
    running,
    say,
    until,
    value,
    write,
)

pytestmark = pytest.mark.usefixtures("silence")

RECORDS = numbered([event("a", 1), event("b", 1), event("a", 2)])
RELAYED = range(1, 6)
EMPTY = "SELECT NOT EXISTS (SELECT FROM outbox)"
CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'doomed'"
)
GONE = (
    "SELECT NOT EXISTS (SELECT FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'doomed')"
)


@asynccontextmanager
async def doomed(kernel: Database) -> AsyncIterator[Database]:
    """The database as a process sees it that is about to die; afterwards its sessions are gone."""
    separator = "&" if "?" in kernel.dsn else "?"
    database = Database(f"{kernel.dsn}{separator}application_name=doomed", pool_size=1)
    await database.open()
    yield database
    await until(lambda: _gone(kernel))


async def _gone(kernel: Database) -> bool:
    """A connection that was being made when its process died comes into being all the same."""
    await value(kernel, CUT)
    return bool(await value(kernel, GONE))


async def test_a_batch_takes_effect_once_wherever_its_process_dies(kernel: Database) -> None:
    for steps in count(1):
        await execute(kernel, "TRUNCATE inbox, stream_position, heard")
        async with doomed(kernel) as database:
            batch = process_batch(database, "g", one_by_one(note), RECORDS)
            ended = await crash_after(batch, steps)
        if not ended:
            await clear_away(batch)
        await database.close()
        await process_batch(kernel, "g", one_by_one(note), RECORDS)
        assert (steps, await heard(kernel, "a"), await heard(kernel, "b")) == (steps, [1, 2], [1])
        if ended:
            break
    assert steps > 8


@pytest.mark.parametrize("steps", [8, 14, 18, 22])
async def test_facts_arrive_in_order_wherever_their_relay_dies(
    steps: int, kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await say(kernel, topic, "a", RELAYED)
    async with doomed(kernel) as database:
        dying = Relay(database, kafka, client_id="relay").run(asyncio.Event(), lambda: None)
        assert not await crash_after(dying, steps)
    async with running(Relay(kernel, kafka, client_id="relay")):
        await until(lambda: value(kernel, EMPTY))
    await clear_away(dying)
    await database.close()
    sent = [read(record).sequence for record in await everything(kafka, topic)]
    assert list(dict.fromkeys(sent)) == list(RELAYED)


async def test_a_number_is_not_passed_by_while_a_younger_transaction_may_still_bring_it(kernel: Database) -> None:
    """The last to begin holds the lowest number: the end of a snapshot says nothing of it, it has not ended yet."""
    older, younger, reader = [await kernel.connect() for _ in range(3)]
    horizon = Horizon()
    async with older.transaction():
        await _begin(older)
        held = younger.transaction()
        await held.start()
        await _begin(younger)
        await write(younger, "t", "x", 1)
        await write(older, "t", "y", 1)
    first = await _next(reader, horizon)
    await say(kernel, "t", "z", [1])
    second = await _next(reader, horizon)
    await held.commit()
    await say(kernel, "t", "x", [2])
    third = await _next(reader, horizon)
    for connection in (older, younger, reader):
        await connection.close()
    assert (first, second, third) == ([("y", 1)], [("z", 1)], [("x", 1), ("x", 2)])


async def _begin(connection: Any) -> None:
    """Have a transaction id, as whoever has locked an aggregate's row."""
    await connection.execute("SELECT pg_current_xact_id()")


async def _next(connection: "asyncpg.Connection[asyncpg.Record]", horizon: Horizon) -> list[tuple[str, int]]:
    """One turn of a relay, without Kafka."""
    rows = await connection.fetch(READ, horizon.hint, 500, [], [])
    await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row["id"] for row in rows])
    horizon.advance(rows, limit=500)
    return list(_names(rows))


def _names(rows: Any) -> Iterator[tuple[str, int]]:
    names = {str(key_of(name)): name for name in "xyz"}
    for row in rows:
        yield names[row["key"]], int(row["headers"]["ce_sequence"])
