"""What keeps us from a ready job queue (decision 0022), shown on the libraries; when one of these fails, read it again.

A worker that was away for longer than its lease must not end a job that another has taken over since, and a job that
was done is never done again under the same name.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import procrastinate
from pgqueuer import Queries
from pgqueuer.models import Job
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.types import QueueEntrypoint, QueueManagerId
from procrastinate.jobs import Status

KIND = QueueEntrypoint("send")


async def claim(queue: Queries) -> Job:
    """The next job, as a worker of its own takes it; whoever has it already is taken for dead at once."""
    (job,) = await queue.dequeue(
        batch_size=1,
        entrypoints={KIND: EntrypointExecutionParameter(concurrency_limit=0)},
        queue_manager_id=QueueManagerId(uuid4()),
        global_concurrency_limit=None,
        heartbeat_timeout=timedelta(0),
    )
    return job


async def pgqueuer_with_one_job(connection: "asyncpg.Connection[asyncpg.Record]") -> Queries:
    queue = Queries.from_asyncpg_connection(connection)
    await queue.install()
    await queue.enqueue(KIND, b"first", dedupe_key="once")
    return queue


async def test_pgqueuer_lets_a_former_worker_end_the_job_of_its_successor(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    queue = await pgqueuer_with_one_job(connection)
    former = await claim(queue)
    successor = await claim(queue)
    assert successor.id == former.id
    await queue.log_jobs([(former, "successful", None)])
    assert await queue.queue_job_by_id(successor.id) is None
    await connection.close()


async def test_pgqueuer_forgets_the_name_of_a_job_that_is_done(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    queue = await pgqueuer_with_one_job(connection)
    await queue.log_jobs([(await claim(queue), "successful", None)])
    assert len(await queue.enqueue(KIND, b"second", dedupe_key="once")) == 1
    await connection.close()


async def test_procrastinate_lets_a_former_worker_end_the_job_of_its_successor(dsn: str) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await app.configure_task(KIND, allow_unknown=True).defer_async()
        manager = app.job_manager
        former = await manager.fetch_job(None, await manager.register_worker())
        assert former
        await manager.retry_job(former, retry_at=datetime.now(UTC))  # as its documentation does with a stalled job
        successor = await manager.fetch_job(None, await manager.register_worker())
        assert successor
        assert successor.id == former.id
        await manager.finish_job(former, Status.SUCCEEDED, delete_job=False)
        assert await manager.get_job_status_async(successor.id or 0) is Status.SUCCEEDED


async def test_procrastinate_forgets_the_name_of_a_job_that_is_done(dsn: str) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        once = app.configure_task(KIND, allow_unknown=True, queueing_lock="once")
        first = await once.defer_async()
        manager = app.job_manager
        job = await manager.fetch_job(None, await manager.register_worker())
        assert job
        await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
        assert await once.defer_async() > first
