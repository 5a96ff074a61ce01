"""Jobs: written with what made them necessary, answered once, one of a key at a time, tried again until they die."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from shared.database import Connection, Database
from shared.kernel import Job, Unavailable
from shared.messaging import jobs
from shared.messaging.cloudevents import Cause
from shared.messaging.jobs import Answer, ClaimedJob, enqueue
from shared.messaging.wakeup import Notifier
from tests.shared.bus import execute, rows, running, until, value
from tests.shared.work import OVER, answered, due_now, job, note, worker, write


async def test_a_job_exists_only_if_its_transaction_commits(kernel: Database) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):  # noqa: PT012 -- the error is the transaction's
        async with kernel.transaction() as connection:
            await enqueue(connection, [job("never")])
            await connection.execute("SELECT 1 / 0")
    await write(kernel)
    await write(kernel, job("done", payload={"ຊື່": ["a", 1, None]}))
    assert await rows(kernel, "SELECT name, payload, state FROM job") == [("done", {"ຊື່": ["a", 1, None]}, "ready")]


async def test_a_second_job_of_a_kind_and_name_is_not_written(kernel: Database) -> None:
    await write(kernel, job("one", payload={"n": 1}), job("one", payload={"n": 2}))
    await write(kernel, job("one", payload={"n": 3}), Job(kind="other", name="one", key="k"))
    assert await rows(kernel, "SELECT kind, payload FROM job ORDER BY kind") == [("other", {}), ("send", {"n": 1})]


async def test_two_workers_answer_each_of_many_jobs_exactly_once(kernel: Database) -> None:
    await write(kernel, *[job(f"{number}", key=f"{number % 50}") for number in range(500)])
    async with running(Notifier(kernel)), running(worker(kernel)), running(worker(kernel)):
        await until(lambda: value(kernel, OVER))
    found = await answered(kernel)
    assert Counter(found) == Counter(f"{number}" for number in range(500))
    assert [int(name) for name in found if int(name) % 50 == 7] == list(range(7, 500, 50))


async def test_jobs_of_one_key_run_one_after_the_other_in_the_order_they_were_written(kernel: Database) -> None:
    running_now: list[str] = []
    seen: list[int] = []

    async def effect(claimed: ClaimedJob) -> Answer:
        running_now.append(claimed.name)
        seen.append(len(running_now))
        await asyncio.sleep(0.005)
        running_now.remove(claimed.name)
        return note(claimed)

    await write(kernel, *[job(f"{number}") for number in range(12)])
    async with running(worker(kernel, effect)), running(worker(kernel, effect)):
        await until(lambda: value(kernel, OVER))
    assert (await answered(kernel), set(seen)) == ([f"{number}" for number in range(12)], {1})


async def test_a_job_that_became_visible_late_does_not_run_beside_a_later_one_of_its_key(kernel: Database) -> None:
    late = await kernel.connect()
    transaction = late.transaction()
    await transaction.start()
    await enqueue(late, [job("late")])
    await write(kernel, job("early"))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def effect(claimed: ClaimedJob) -> Answer:
        begun.set()
        await go_on.wait()
        return note(claimed)

    async with running(worker(kernel, effect)):
        await begun.wait()
        await transaction.commit()
        await late.close()
        other = await kernel.connect()
        assert await worker(kernel)._claim(other) == []  # noqa: SLF001 -- a turn that must find nothing
        await other.close()
        go_on.set()
        await until(lambda: value(kernel, OVER))
    assert await answered(kernel) == ["early", "late"]


async def test_a_job_waits_until_it_is_due_and_holds_its_key_back(kernel: Database) -> None:
    await write(
        kernel, job("later", due=datetime.now(UTC) + timedelta(hours=1)), job("behind"), job("free", key="other")
    )
    async with running(worker(kernel)):
        await until(lambda: answered(kernel))
        await due_now(kernel)
        await until(lambda: value(kernel, OVER))
    assert await answered(kernel) == ["free", "later", "behind"]


async def test_what_fails_is_tried_again_and_its_answer_is_written_with_its_end(kernel: Database) -> None:
    async def flaky(claimed: ClaimedJob) -> Answer:
        if claimed.attempts < 3:
            raise (Unavailable("gateway"), ValueError("020 5555 1234"))[claimed.attempts - 1]
        return note(claimed)

    await write(kernel, job("one"))
    async with running(worker(kernel, flaky)):
        await until(lambda: value(kernel, "SELECT error = 'Unavailable' FROM job"))
        await due_now(kernel)
        await until(lambda: value(kernel, "SELECT attempts = 2 AND error = 'ValueError' FROM job"))
        await due_now(kernel)
        await until(lambda: value(kernel, OVER))
    assert (await answered(kernel), await rows(kernel, "SELECT state, attempts, error FROM job")) == (
        ["one"],
        [("done", 3, None)],
    )


async def test_an_answer_that_fails_leaves_nothing_behind(kernel: Database) -> None:
    async def effect(claimed: ClaimedJob) -> Answer:
        async def answer(connection: Connection) -> None:
            await note(claimed)(connection)
            if claimed.attempts == 1:
                await connection.execute("SELECT 1 / 0")

        return answer

    await write(kernel, job("one"))
    async with running(worker(kernel, effect)):
        await until(lambda: value(kernel, "SELECT attempts = 1 AND error = 'DivisionByZeroError' FROM job"))
        assert await answered(kernel) == []
        await due_now(kernel)
        await until(lambda: value(kernel, OVER))
    assert await answered(kernel) == ["one"]


async def test_a_job_dies_at_its_deadline_or_after_too_many_attempts_and_frees_its_key(kernel: Database) -> None:
    async def effect(claimed: ClaimedJob) -> Answer:
        if claimed.name == "next":
            return note(claimed)
        raise Unavailable("gateway")

    await write(kernel, job("late", deadline=datetime.now(UTC)), job("often"), job("next"))
    await execute(kernel, "UPDATE job SET attempts = $1 WHERE name = 'often'", jobs.MAX_ATTEMPTS - 1)
    async with running(worker(kernel, effect)):
        await until(lambda: value(kernel, OVER))
    found = await rows(kernel, "SELECT name, state, error, finished_at IS NOT NULL FROM job ORDER BY id")
    assert found == [
        ("late", "dead", "Unavailable", True),
        ("often", "dead", "Unavailable", True),
        ("next", "done", None, True),
    ]


async def test_a_job_that_ends_its_workers_is_not_tried_for_ever(kernel: Database) -> None:
    await write(kernel, job("deadly"), job("next"))
    lost = "UPDATE job SET state = 'running', attempts = $1, lease_until = now() - interval '1 s' WHERE name = 'deadly'"
    await execute(kernel, lost, jobs.MAX_ATTEMPTS)
    async with running(worker(kernel)):
        await until(lambda: value(kernel, OVER))
    found = await rows(kernel, "SELECT name, state, error FROM job ORDER BY id")
    assert (found, await answered(kernel)) == (
        [("deadly", "dead", "AttemptsUsedUp"), ("next", "done", None)],
        ["next"],
    )


async def test_no_attempt_comes_before_the_outside_system_allows_it_but_the_second() -> None:
    def wait(attempts: int, error: Exception) -> float:
        claimed = ClaimedJob(
            id=1, kind="k", name="n", key="k", payload={}, attempts=attempts, fence=1,
            cause=Cause(correlation_id="c", causation_id="c"),
        )  # fmt: skip
        return jobs.pause_before(claimed, error)

    asked = Unavailable("gateway", retry_after=60)
    assert (wait(1, asked) <= 1.0, wait(2, asked), wait(2, Unavailable("gateway", retry_after=1e9))) == (
        True,
        60.0,
        jobs.LONGEST_PAUSE,
    )
    assert all(0.05 <= wait(attempts, ValueError()) <= jobs.LONGEST_PAUSE for attempts in range(1, 100))


async def test_a_kind_that_the_worker_does_not_know_is_left_to_others(kernel: Database) -> None:
    await write(kernel, Job(kind="other", name="n", key="x"), job("mine"))
    async with running(worker(kernel)):
        await until(lambda: answered(kernel))
    assert await rows(kernel, "SELECT kind, state FROM job ORDER BY id") == [("other", "ready"), ("send", "done")]


@pytest.mark.parametrize("days", [-1, 1])
async def test_the_clock_of_one_process_puts_no_work_off(
    kernel: Database, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    now = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(jobs, "datetime", type("Wrong", (datetime,), {"now": classmethod(lambda _, __: now)}))
    await write(kernel, job("soon", due=now + timedelta(hours=1), deadline=now + timedelta(hours=2)))
    ahead = await rows(
        kernel, "SELECT round(extract(epoch FROM at - now()) / 60) FROM job, unnest(ARRAY[due_at, deadline]) AS at"
    )
    assert ahead == [(60,), (120,)]


async def test_nor_does_it_end_a_job_before_its_deadline(kernel: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await write(kernel, job("patient", deadline=datetime.now(UTC) + timedelta(hours=2)))
    now = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(jobs, "datetime", type("Wrong", (datetime,), {"now": classmethod(lambda _, __: now)}))

    async def effect(_: ClaimedJob) -> Answer:
        raise Unavailable("gateway")

    async with running(worker(kernel, effect)):
        await until(lambda: value(kernel, "SELECT error IS NOT NULL FROM job"))
    assert await rows(kernel, "SELECT state FROM job") == [("ready",)]
