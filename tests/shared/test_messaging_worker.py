"""Workers: leases and fences, what they wake up for, and how they stop and come back."""

import asyncio

from shared.database import Database
from shared.kernel import Unavailable
from shared.messaging.cloudevents import CAUSE, Cause
from shared.messaging.jobs import Answer, ClaimedJob, nothing
from shared.messaging.wakeup import Notifier, listen
from tests.shared.bus import AT, execute, rows, running, until, value
from tests.shared.work import OVER, answered, counted, job, note, worker, write


async def test_a_lost_lease_is_taken_over_and_the_answer_of_the_zombie_is_not_written(kernel: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    seen: list[tuple[int, int, str]] = []

    async def hangs(claimed: ClaimedJob) -> Answer:
        seen.append((claimed.attempts, claimed.fence, claimed.idempotency_key))
        if claimed.attempts == 1:
            begun.set()
            await go_on.wait()
        return note(claimed)

    before = counted("fenced")
    await write(kernel, job("one"))
    async with running(worker(kernel, hangs)), running(worker(kernel, hangs)):
        await begun.wait()
        await execute(kernel, "UPDATE job SET lease_until = now() - interval '1 s'")
        await until(lambda: value(kernel, OVER))
        go_on.set()
        await until(lambda: counted("fenced") > before)
    assert (await answered(kernel), seen) == (["one"], [(1, 1, "send:one"), (2, 2, "send:one")])


async def test_the_failure_of_a_zombie_changes_nothing(kernel: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def fails(claimed: ClaimedJob) -> Answer:
        if claimed.attempts == 1:
            begun.set()
            await go_on.wait()
            raise ValueError
        return note(claimed)

    before = counted("fenced")
    await write(kernel, job("one"))
    async with running(worker(kernel, fails)):
        await begun.wait()
        await execute(kernel, "UPDATE job SET lease_until = now() - interval '1 s'")
        await until(lambda: value(kernel, OVER))
        go_on.set()
        await until(lambda: counted("fenced") > before)
    assert await rows(kernel, "SELECT state, attempts, error FROM job") == [("done", 2, None)]


async def test_an_effect_acts_as_the_consequence_of_what_made_it_necessary(kernel: Database) -> None:
    seen: list[Cause | None] = []

    async def effect(claimed: ClaimedJob) -> Answer:
        seen.extend([CAUSE.get(), claimed.cause])
        return nothing

    trace = f"00-{7:032x}-{8:016x}-01"
    cause = Cause(correlation_id="c", causation_id="e", time=AT, traceparent=trace)
    token = CAUSE.set(cause)
    await write(kernel, job("with"))
    CAUSE.reset(token)
    await write(kernel, job("without", key="other"))
    async with running(worker(kernel, effect)):
        await until(lambda: value(kernel, OVER))
    alone = Cause(correlation_id="send:without", causation_id="send:without")
    assert sorted(seen, key=str) == sorted([cause, alone] * 2, key=str)


async def test_a_worker_finishes_what_it_has_in_hand_before_it_stops(kernel: Database) -> None:
    begun = asyncio.Event()

    async def slow(claimed: ClaimedJob) -> Answer:
        begun.set()
        await asyncio.sleep(0.8)  # longer than a turn of the worker
        return note(claimed)

    await write(kernel, job("one"), job("two"))
    async with running(worker(kernel, slow)):
        await begun.wait()
    assert await answered(kernel) == ["one"]


async def test_a_worker_whose_database_falls_over_goes_on_when_it_is_back(kernel: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def effect(claimed: ClaimedJob) -> Answer:
        begun.set()
        await go_on.wait()
        return note(claimed)

    part = worker(kernel, effect)
    async with running(part), running(Notifier(kernel)):
        await until(lambda: part.ready)
        await write(kernel, job("one"), job("two"))
        await begun.wait()
        await value(
            kernel,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        go_on.set()
        await until(lambda: _over(kernel))
    assert sorted(set(await answered(kernel))) == ["one", "two"]


async def _over(database: Database) -> bool:
    try:
        await execute(
            database,
            "UPDATE job SET lease_until = now() WHERE state = 'running' AND lease_until > now() + interval '1 s'",
        )
        return bool(await value(database, OVER))
    except Unavailable:
        return False


async def test_workers_are_woken_by_the_commit(kernel: Database) -> None:
    connection = await kernel.connect()
    woken = await listen(connection)
    async with running(Notifier(kernel)):
        await write(kernel, job("one"))
        async with asyncio.timeout(30):
            await woken.wait()
    await connection.close()


async def test_the_heads_of_all_keys_are_found_behind_a_long_queue(kernel: Database) -> None:
    queue = [job(f"{number}", key="hot" if number < 2_000 else f"{number}") for number in range(2_004)]
    await write(kernel, *queue)
    connection = await kernel.connect()
    claimed = await worker(kernel)._claim(connection)  # noqa: SLF001 -- one turn, and no more
    await connection.close()
    assert sorted(int(one.name) for one in claimed) == [0, 2_000, 2_001, 2_002, 2_003]
