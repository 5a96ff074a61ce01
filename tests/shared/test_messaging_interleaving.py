"""Where an order of reading or locking matters: two transactions in the one interleaving that shows it."""

import asyncio
from collections.abc import Sequence

from shared.contracts.registration import MEETING
from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope, read
from shared.messaging.consumer import dead_letters, inbox
from shared.messaging.consumer.handlers import one_by_one
from shared.operations import redrive
from shared.operations.actions import ActedBy
from tests.shared.batches import LETTERS, refusing, take
from tests.shared.bus import event, execute, heard, note, numbered, rows, sample, until, value

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
MENDED = ActedBy(who="operator", why="mended")


def gaps() -> float:
    return sample("pasum_sequence_gaps_total", topic=MEETING.name)


async def waiting(database: Database, count: int) -> None:
    """Until so many transactions wait for a lock that another one holds."""

    async def reached() -> bool:
        return bool(await value(database, WAITING) == count)

    await until(reached)


async def positions(database: Database) -> list[tuple[object, ...]]:
    return await rows(database, "SELECT seq, missing FROM stream_position")


async def test_a_batch_reads_the_positions_that_a_redrive_has_moved_in_between(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2)], topic=MEETING.name), refusing(1))
    before, begun, go_on = gaps(), asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection, envelope: Envelope) -> None:
        begun.set()
        await go_on.wait()
        await note(connection, envelope)

    async def redriven() -> None:
        async with kernel.transaction() as connection:
            row = await dead_letters.lock(connection, 1)
            assert row is not None
            await redrive.redrive(connection, one_by_one(slow), row, MENDED)

    redriving = asyncio.create_task(redriven())
    await begun.wait()  # it has written the position of the first one, which nobody else can see yet
    coming = asyncio.create_task(take(kernel, numbered([event("a", 3)], first=2, topic=MEETING.name)))
    await waiting(kernel, 1)
    go_on.set()
    await asyncio.gather(redriving, coming)
    assert (await heard(kernel), await positions(kernel), gaps()) == ([1, 2, 3], [(3, [])], before)


async def test_a_batch_and_a_redrive_lock_letters_and_positions_in_the_same_order(kernel: Database) -> None:
    records = [event("a", 1), event("a", 2), event("a", 3)]
    await take(kernel, numbered(records, topic=MEETING.name), refusing(2))
    async with kernel.transaction() as connection:
        row = await dead_letters.lock(connection, 1)
        assert row is not None
        coming = asyncio.create_task(take(kernel, numbered([event("a", 4)], first=3, topic=MEETING.name)))
        await waiting(kernel, 1)
        await redrive.redrive(connection, one_by_one(note), row, MENDED)
    await coming
    assert (await heard(kernel), await positions(kernel)) == ([1, 2, 3, 4], [(4, [])])


async def test_two_members_enter_the_same_events_in_one_order_however_they_had_them(kernel: Database) -> None:
    low, middle, high = sorted((read(event(name, 1)) for name in "abc"), key=lambda each: each.id)

    async def take_events(events: Sequence[Envelope]) -> int:
        async with kernel.transaction() as connection:
            return len(await inbox.mark_received(connection, "tests", events))

    async with kernel.transaction() as connection:
        await inbox.mark_received(connection, "tests", [middle])
        both = [asyncio.create_task(take_events(events)) for events in ([high, middle, low], [low, middle, high])]
        await waiting(kernel, 2)
        await connection.execute("DELETE FROM inbox")
    assert sorted(await asyncio.gather(*both)) == [0, 3]


async def test_what_a_constraint_refuses_only_at_the_commit_is_found_before_it(kernel: Database) -> None:
    await execute(kernel, "CREATE TABLE late (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        await connection.execute("INSERT INTO late VALUES (1)" if envelope.sequence == 2 else "SELECT 1")
        await connection.execute("INSERT INTO late VALUES (1)" if envelope.sequence == 2 else "SELECT 1")

    await take(kernel, numbered([event("a", 1), event("a", 2), event("b", 1)]), handler)
    assert (await heard(kernel, "a"), await heard(kernel, "b")) == ([1], [1])
    assert [state for _, state, _ in await rows(kernel, LETTERS)] == ["dead"]
