"""Jobs: work outside the database, stored in the transaction that made it necessary and done later by a worker.

A worker holds a lease and a fencing token for its job. The result of the effect is written in the transaction that
ends the job, and only if the token is still valid. So an effect may run twice (after a crash or a lost lease), but its
result is written once; the outside system recognises a repetition by `ClaimedJob.idempotency_key`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import asyncpg

from shared.database import Connection, Database
from shared.kernel import Job, Unavailable
from shared.messaging.cloudevents import CAUSE, Cause
from shared.messaging.wakeup import listen
from shared.observability.faults import resolve
from shared.observability.logging import Log, log
from shared.observability.metrics import JOB_SECONDS, JOBS, JOBS_DUE, JOBS_OLDEST_SECONDS
from shared.observability.retrying import until_it_works
from shared.observability.tracing import current_traceparent, span

LEASE = timedelta(seconds=60)
ATTEMPT_SECONDS = 50.0
POLL_SECONDS = 0.5
LINGER_SECONDS = 0.001  # so that one statement claims all jobs that became due at about the same time
STATE_SECONDS = 1.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
MAX_ATTEMPTS = 40

_ENQUEUE = """
INSERT INTO job (kind, name, key, payload, context, due_at, deadline)
SELECT kind, name, key, payload, context, coalesce(clock_timestamp() + due, now()), clock_timestamp() + deadline
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::interval[], $7::interval[])
     AS new(kind, name, key, payload, context, due, deadline)
ON CONFLICT (kind, name) DO NOTHING
"""
# `array_position` and not `kind = ANY`: with that PostgreSQL reads all finished jobs in the index of the names.
_CLAIM = """
WITH due AS (
  SELECT id FROM job j
  WHERE due_at <= now() AND array_position($1::text[], kind) IS NOT NULL
    AND (state = 'ready' OR (state = 'running' AND lease_until < now()))
    AND NOT EXISTS (SELECT FROM job e WHERE e.key = j.key AND e.state IN ('ready', 'running') AND e.id < j.id)
    AND NOT EXISTS (SELECT FROM job e WHERE e.key = j.key AND e.state = 'running' AND e.id > j.id)
  ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE job SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = now() + $3
FROM due WHERE job.id = due.id
RETURNING job.id, kind, name, job.key, payload, context, attempts, fence
"""
_DONE = """
UPDATE job SET state = 'done', finished_at = now(), lease_until = NULL, error = NULL
WHERE id = $1 AND fence = $2 AND state = 'running'
"""
_AGAIN = """
UPDATE job SET state = CASE WHEN $3 OR now() + $4 > deadline THEN 'dead' ELSE 'ready' END, due_at = now() + $4,
               finished_at = CASE WHEN $3 OR now() + $4 > deadline THEN now() END, lease_until = NULL, error = $5
WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING state
"""
# The state of a job after a failure (None: another worker has it now) → its name in the metric and in the log.
_FAILED = {"ready": ("retried", Log.JOB_RETRIED), "dead": ("dead", Log.JOB_DEAD), None: ("fenced", Log.JOB_FENCED)}
# The length of the queue is counted up to 1,000 only, to stay cheap.
_STATE = """
WITH due AS (SELECT due_at FROM job WHERE state = 'ready' AND due_at <= now() ORDER BY due_at LIMIT 1000)
SELECT count(*), coalesce(extract(epoch FROM now() - min(due_at)), 0)::float FROM due
"""


class Fenced(Exception):
    """Another worker has taken over the job; the result of this one must not be written."""


class AttemptsUsedUp(Exception):
    """All attempts of a job have begun and none has ended: it may be the job that ends its workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that a worker has claimed; `attempts` counts from 1, `fence` is the fencing token."""

    id: int
    kind: str
    name: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    fence: int
    cause: Cause

    @property
    def idempotency_key(self) -> str:
        """The same in every attempt, so that the outside system recognises a repetition."""
        return f"{self.kind}:{self.name}"


Answer: TypeAlias = Callable[[Connection], Awaitable[object]]
Effect: TypeAlias = Callable[[ClaimedJob], Awaitable[Answer]]


async def nothing(connection: Connection) -> None:
    """The answer of an effect whose result needs nothing written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job to be written, with the trace and the cause (`CAUSE`) that were current when it was planned."""

    job: Job
    context: Mapping[str, str]


def orders(jobs: Sequence[Job]) -> list[Order]:
    """The jobs with the current trace and cause."""
    if not jobs:
        return []
    cause = CAUSE.get()
    context = {"traceparent": current_traceparent() or (cause.traceparent if cause else None) or ""}
    if cause:
        context |= {"correlation_id": cause.correlation_id, "causation_id": cause.causation_id}
        context |= {"time": cause.time.isoformat()} if cause.time else {}
    return [Order(job=job, context=context) for job in jobs]


async def enqueue(connection: Connection, jobs: Sequence[Job]) -> None:
    """Write jobs in the transaction of `connection`; a job whose kind and name exist already is not written again."""
    await write(connection, orders(jobs))


async def write(connection: Connection, orders: Sequence[Order]) -> None:
    """As `enqueue`, for jobs that were planned with different causes.

    Times are stored relative to the clock of the database, so that a wrong clock of one process delays no job.
    """
    if not orders:
        return
    jobs, now = [order.job for order in orders], datetime.now(UTC)
    await connection.execute(
        _ENQUEUE,
        [job.kind for job in jobs],
        [job.name for job in jobs],
        [job.key for job in jobs],
        [dict(job.payload) for job in jobs],
        [dict(order.context) for order in orders],
        [job.due and job.due - now for job in jobs],
        [job.deadline and job.deadline - now for job in jobs],
    )


class Worker:
    """Claims due jobs and runs their effects, at most `concurrency` at the same time.

    `effects` maps each job kind to an effect: an async function that does the work with no transaction open and
    returns an `Answer`, which is called in the transaction that ends the job. An attempt has `ATTEMPT_SECONDS`.
    """

    def __init__(self, database: Database, effects: Mapping[str, Effect], *, concurrency: int = 8) -> None:
        self._database = database
        self._effects = effects
        self._concurrency = concurrency
        self._running: set[asyncio.Task[None]] = set()
        self.ready = False

    async def run(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        """Work until `stop` is set, then wait until the running jobs have ended; calls `beat` each time round."""
        await until_it_works(
            "worker", lambda: self._serve(stop, beat), explain=self._database.explain, stop=stop, beat=beat
        )
        if self._running:
            await asyncio.wait(self._running)

    async def _serve(self, stop: asyncio.Event, beat: Callable[[], None]) -> None:
        connection = await self._database.connect()
        try:
            woken = await listen(connection)
            self.ready = True
            resolve("worker")
            clock, reported = asyncio.get_running_loop().time, float("-inf")
            while not stop.is_set():
                beat()
                woken.clear()
                if clock() - reported >= STATE_SECONDS:
                    await _report_state(connection)
                    reported = clock()
                for job in await self._claim(connection):
                    task = asyncio.create_task(self._do(job))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                    task.add_done_callback(lambda _: woken.set())
                with suppress(TimeoutError):  # until there are new jobs or a running one has ended
                    await asyncio.wait_for(woken.wait(), POLL_SECONDS)
                await asyncio.sleep(LINGER_SECONDS)
        finally:
            self.ready = False
            connection.terminate()

    async def _claim(self, connection: "asyncpg.Connection[asyncpg.Record]") -> list[ClaimedJob]:
        free = self._concurrency - len(self._running)
        rows = await connection.fetch(_CLAIM, list(self._effects), free, LEASE) if free > 0 else []
        return [_claimed(row) for row in rows]

    async def _do(self, job: ClaimedJob) -> None:
        token = CAUSE.set(job.cause)
        try:
            with JOB_SECONDS.labels(kind=job.kind).time(), span(f"job {job.kind}", traceparent=job.cause.traceparent):
                if job.attempts > MAX_ATTEMPTS:
                    raise AttemptsUsedUp  # noqa: TRY301 -- it fails as every attempt does
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    answer = await self._effects[job.kind](job)
                await self._finish(job, answer)
            outcome = "done"
        except Fenced:
            outcome = "fenced"
            log.warning(Log.JOB_FENCED, kind=job.kind, job_id=job.id)
        except Exception as error:  # noqa: BLE001 -- an effect may raise anything; the job is retried or becomes dead
            outcome = await self._fail(job, error)
        finally:
            CAUSE.reset(token)
        JOBS.labels(kind=job.kind, outcome=outcome).inc()

    async def _finish(self, job: ClaimedJob, answer: Answer) -> None:
        async with self._database.transaction() as connection:
            if await connection.execute(_DONE, job.id, job.fence) != "UPDATE 1":
                raise Fenced
            await answer(connection)

    async def _fail(self, job: ClaimedJob, error: Exception) -> str:
        wait = pause_before(job, error)
        values = (job.id, job.fence, job.attempts >= MAX_ATTEMPTS, timedelta(seconds=wait), type(error).__name__)
        state: str | None = "ready"  # also if the database does not answer: after the lease the job is claimed again
        with suppress(Unavailable):
            async with self._database.transaction() as connection:
                state = await connection.fetchval(_AGAIN, *values)
        outcome, event = _FAILED[state]
        log.warning(event, kind=job.kind, job_id=job.id, attempts=job.attempts, error=error)
        return outcome


async def _report_state(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    due, oldest = await connection.fetchrow(_STATE) or (0, 0.0)
    JOBS_DUE.set(due)
    JOBS_OLDEST_SECONDS.set(oldest)


def pause_before(job: ClaimedJob, error: Exception) -> float:
    """Seconds to wait before the next attempt: exponential backoff with full jitter.

    The second attempt comes soon, as most failures are short; later ones respect `retry_after` of `Unavailable`.
    """
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(job.attempts - 1, 20))
    least = error.retry_after if isinstance(error, Unavailable) and job.attempts > 1 else 0.05
    return max(random.uniform(0, ceiling), min(least, LONGEST_PAUSE))  # noqa: S311 -- jitter


def _claimed(row: asyncpg.Record) -> ClaimedJob:
    context = row["context"]
    name = f"{row['kind']}:{row['name']}"
    cause = Cause(
        correlation_id=context.get("correlation_id", name),
        causation_id=context.get("causation_id", name),
        time=datetime.fromisoformat(context["time"]) if "time" in context else None,
        traceparent=context.get("traceparent") or None,
    )
    return ClaimedJob(
        **{name: row[name] for name in ("id", "kind", "name", "key", "payload", "attempts", "fence")},
        cause=cause,
    )
