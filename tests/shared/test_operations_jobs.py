"""Operators and dead jobs: found by kind and reason, given to the workers again or given up; recorded with why."""

from datetime import timedelta

from shared.database import Database
from shared.messaging import jobs
from tests.shared.bus import execute, rows, running, until, value
from tests.shared.operator_client import WHY, OperatorClient
from tests.shared.work import OVER, answered, job, worker, write

PATH = "/v1/dead-jobs"
DIE = "UPDATE job SET state = 'dead', attempts = 40, error = 'TimeoutError', finished_at = now()"


async def three_dead(kernel: Database) -> None:
    """Jobs 1 to 3 of one key, dead for two reasons."""
    await write(kernel, job("a"), job("b"), job("c"))
    await execute(kernel, DIE)
    await execute(kernel, "UPDATE job SET error = 'Unavailable' WHERE name = 'c'")


async def test_dead_jobs_are_found_by_kind_and_reason_and_counted(kernel: Database, operators: OperatorClient) -> None:
    await three_dead(kernel)
    await write(kernel, job("alive"))
    found = await operators.get(PATH, kind="send", reason="TimeoutError")
    page = await operators.get(PATH, limit=2)
    rest = await operators.get(PATH, limit=2, cursor=page["next"])
    assert [item["name"] for item in found["items"]] == ["a", "b"]
    assert [item["name"] for item in page["items"] + rest["items"]] == ["a", "b", "c"]
    counts = (await operators.get(f"{PATH}/counts"))["items"]
    assert [(one["kind"], one["error"], one["count"]) for one in counts] == [
        ("send", "TimeoutError", 2),
        ("send", "Unavailable", 1),
    ]


async def test_a_dead_job_is_shown_with_what_it_was_to_do(kernel: Database, operators: OperatorClient) -> None:
    await write(kernel, job("a", payload={"message_id": "1"}))
    await execute(kernel, DIE)
    shown = await operators.get(f"{PATH}/1")
    assert (shown["payload"], shown["attempts"], shown["state"]) == ({"message_id": "1"}, 40, "dead")
    assert await operators.refused(f"{PATH}/2") == (404, "NotFound")


async def test_a_redriven_job_is_done_with_all_its_attempts_and_who_did_it_is_recorded(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_dead(kernel)
    assert (await operators.post(f"{PATH}/2/redrive"))["jobs"] == 1
    assert await value(kernel, "SELECT attempts FROM job WHERE id = 2") == 1
    async with running(worker(kernel)):
        await until(lambda: value(kernel, OVER))
    assert (await answered(kernel), await value(kernel, "SELECT max(attempts) FROM job WHERE state = 'done'")) == (
        ["b"],
        2,
    )
    assert await rows(kernel, "SELECT who, act, what, why, count FROM operator_action") == [
        ("kham", "redrive-jobs", "job 2", WHY, 1)
    ]
    assert await operators.refused(f"{PATH}/2/redrive", why=WHY) == (409, "NotWaiting")


async def test_all_of_a_kind_are_redriven_in_their_order(kernel: Database, operators: OperatorClient) -> None:
    await three_dead(kernel)
    assert (await operators.post(f"{PATH}/redrive", kind="send"))["jobs"] == 3
    async with running(worker(kernel)):
        await until(lambda: value(kernel, OVER))
    assert await answered(kernel) == ["a", "b", "c"]


async def test_a_redriven_job_has_the_time_it_had_at_first(kernel: Database, operators: OperatorClient) -> None:
    await write(kernel, job("a"))
    await execute(kernel, DIE)
    await execute(kernel, "UPDATE job SET created_at = now() - interval '3 days', deadline = now() - interval '1 day'")
    await operators.post(f"{PATH}/1/redrive")
    left = await value(kernel, "SELECT deadline - due_at FROM job")
    assert left == timedelta(days=2)


async def test_all_of_a_reason_are_discarded_for_good(kernel: Database, operators: OperatorClient) -> None:
    await three_dead(kernel)
    assert (await operators.post(f"{PATH}/discard", kind="send", reason="TimeoutError"))["jobs"] == 2
    assert (await operators.post(f"{PATH}/discard", kind="send", reason="TimeoutError"))["jobs"] == 0
    assert await rows(kernel, "SELECT name, state FROM job ORDER BY id") == [
        ("a", "discarded"),
        ("b", "discarded"),
        ("c", "dead"),
    ]
    await write(kernel, job("a"))  # a job that was given up is not planned again
    assert await value(kernel, "SELECT count(*) FROM job") == 3


async def test_a_job_that_lives_is_no_business_of_operators(kernel: Database, operators: OperatorClient) -> None:
    await write(kernel, job("a"))
    assert await operators.refused(f"{PATH}/1/discard", why=WHY) == (409, "NotWaiting")
    assert await operators.as_("organiser").refused(PATH) == (403, "NotPermitted")


async def test_a_worker_that_was_left_behind_cannot_end_a_redriven_job(
    kernel: Database, operators: OperatorClient
) -> None:
    """It claimed the job before it died; the token it holds is of then."""
    await write(kernel, job("a"))
    connection = await kernel.connect()
    left_behind = worker(kernel)
    (claimed,) = await left_behind._claim(connection)  # noqa: SLF001 -- a worker stopped in the middle
    await execute(kernel, DIE)
    await operators.post(f"{PATH}/1/redrive")
    (again,) = await worker(kernel)._claim(connection)  # noqa: SLF001 -- as above
    await connection.close()
    await left_behind._do(claimed)  # noqa: SLF001 -- as above
    assert (again.fence - claimed.fence, await answered(kernel)) == (1, [])
    assert again.attempts < jobs.MAX_ATTEMPTS
