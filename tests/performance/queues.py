"""Jobs: our table beside PgQueuer and Procrastinate, written in the transaction of a row and done by one worker.

Each library is used as its documentation says, without its log lines, on the same PostgreSQL and with the same number
of jobs at once. The effect of a job answers with one row: in the transaction that ends the job where the queue can do
that (ours), else in one of its own. What the libraries do not promise is shown in `test_queues.py`; decision 0022.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from statistics import median
from typing import Any, cast
from uuid import uuid4

import asyncpg
import uvloop
from pgqueuer import Job as TheirJob
from pgqueuer import PgQueuer, Queries
from pgqueuer.types import QueueExecutionMode
from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

from shared.database import Connection, Database
from shared.kernel import Job
from shared.messaging import jobs
from shared.messaging.jobs import ClaimedJob, Worker
from tests.performance.figures import Figure, Round, alone, compare, timed

JOBS = 2_000
ROUNDS = 3
AT_ONCE = 8
"""Transactions that write, and jobs that run, at the same time."""

KIND = "bench"
OURS = "our table"
_ROW = "INSERT INTO bench_effect VALUES ($1)"
_ROW_OF_PSYCOPG = "INSERT INTO bench_effect VALUES (%s)"

Write = Callable[[str], Awaitable[None]]
"""A transaction that keeps one row and one job of this name, which is its key too."""

Drain = Callable[[], Awaitable[None]]
"""One worker, until no job is left."""

Queue = Callable[[str], AbstractAsyncContextManager[tuple[Write, Drain]]]
"""Opens a queue in the database of this DSN."""


def measure(dsn: str) -> dict[str, Figure]:
    """Rounds in turn: ours, PgQueuer, Procrastinate, ours, …; the first of each is a warm-up."""
    for name in ("pgqueuer", "procrastinate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return uvloop.run(_measure(dsn))


async def _measure(dsn: str) -> dict[str, Figure]:
    written: dict[str, list[Round]] = {name: [] for name in QUEUES}
    done: dict[str, list[Round]] = {name: [] for name in QUEUES}
    for _ in range(ROUNDS + 1):
        for name, queue in QUEUES.items():
            async with queue(dsn) as (write, drain):
                written[name].append(await timed(JOBS, partial(_write_all, write)))
                done[name].append(await timed(JOBS, drain))
    return _figures("written", written) | _figures("done", done)


def _figures(path: str, rounds: Mapping[str, Sequence[Round]]) -> dict[str, Figure]:
    mine, note = rounds[OURS][1:], "our table, in turn"
    rate = alone(median(one.rate for one in mine), unit="jobs/s", note=f"{AT_ONCE} at once")
    figures = {f"jobs {path}, {OURS}": replace(rate, cpu_us=round(median(one.cpu_us for one in mine), 1))}
    for name, found in rounds.items():
        if name != OURS:
            figures[f"jobs {path}, {name}"] = compare(found[1:], mine, unit="jobs/s", note=note)
    return figures


async def _write_all(write: Write) -> None:
    numbers = count()

    async def some() -> None:
        while next(numbers) < JOBS:
            await write(str(uuid4()))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


@asynccontextmanager
async def ours(dsn: str) -> AsyncIterator[tuple[Write, Drain]]:
    """Our own table: the worker holds a lease and a fencing token, and ends each job in a transaction of its own."""
    database = Database(dsn, pool_size=AT_ONCE)
    await database.open()
    await _empty(dsn, "job")

    async def write(name: str) -> None:
        async with database.transaction() as connection:
            await connection.execute(_ROW, name)
            await jobs.enqueue(connection, [Job(kind=KIND, name=name, key=name, payload={"name": name})])

    async def drain() -> None:
        done, stop = count(1), asyncio.Event()

        async def effect(job: ClaimedJob) -> jobs.Answer:
            return partial(answer, job.name)

        async def answer(name: str, connection: Connection) -> None:
            await connection.execute(_ROW, name)
            if next(done) == JOBS:
                stop.set()

        await Worker(database, {KIND: effect}, concurrency=AT_ONCE).run(stop, lambda: None)

    yield write, drain
    await database.close()


@asynccontextmanager
async def pgqueuer(dsn: str) -> AsyncIterator[tuple[Write, Drain]]:
    """PgQueuer on asyncpg: it claims and acknowledges in batches of `AT_ONCE`; a dedupe key, no order of a key."""
    async with asyncpg.create_pool(dsn, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
        queries = Queries.from_asyncpg_pool(pool)
        if not await queries.schema_is_installed():
            await queries.install()
        await _empty(dsn, "pgqueuer", "pgqueuer_log")

        async def write(name: str) -> None:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(_ROW, name)
                queue = Queries.from_asyncpg_connection(cast("Any", connection))  # a pool's connection is none by type
                await queue.enqueue(KIND, name.encode(), dedupe_key=name)

        async def drain() -> None:
            worker = PgQueuer.from_asyncpg_pool(pool)

            @worker.entrypoint(KIND)
            async def effect(job: TheirJob) -> None:
                await pool.execute(_ROW, (job.payload or b"").decode())

            await worker.run(
                batch_size=AT_ONCE,
                max_concurrent_tasks=2 * AT_ONCE,  # the least that it allows
                dequeue_timeout=timedelta(seconds=1),
                mode=QueueExecutionMode.drain,
            )

        yield write, drain


@asynccontextmanager
async def procrastinate(dsn: str) -> AsyncIterator[tuple[Write, Drain]]:
    """Procrastinate on psycopg, as it has no asyncpg: a lock for the order of a key, a queueing lock for the name."""
    app = App(connector=PsycopgConnector(conninfo=dsn, min_size=AT_ONCE, max_size=AT_ONCE + 2))

    @app.task(name=KIND, queue=KIND)
    async def effect(name: str) -> None:
        async with pool.connection() as connection:
            await connection.execute(_ROW_OF_PSYCOPG, (name,))

    async with app.open_async(), AsyncConnectionPool(dsn, min_size=AT_ONCE, max_size=AT_ONCE, open=False) as pool:
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await _empty(dsn, "procrastinate_jobs CASCADE")

        async def write(name: str) -> None:
            async with pool.connection() as connection:
                await connection.execute(_ROW_OF_PSYCOPG, (name,))
                job = effect.configure(lock=name, queueing_lock=name, connection=connection)
                await job.defer_async(name=name)

        async def drain() -> None:
            await app.run_worker_async(
                queues=[KIND], concurrency=AT_ONCE, wait=False, delete_jobs="successful", install_signal_handlers=False
            )

        yield write, drain


async def _empty(dsn: str, *tables: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS bench_effect (event_id text)")
    await connection.execute(f"TRUNCATE {', '.join(('bench_effect', *tables))}")
    await connection.execute("ANALYZE")
    await connection.close()


QUEUES: dict[str, Queue] = {OURS: ours, "PgQueuer": pgqueuer, "Procrastinate": procrastinate}
