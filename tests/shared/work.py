"""What the tests of the jobs say: jobs written, workers that answer them, answers counted."""

from typing import Any

from shared.database import Connection, Database
from shared.kernel import Job
from shared.messaging.jobs import Answer, ClaimedJob, Effect, Worker, enqueue
from tests.shared.bus import execute, rows, sample

OVER = "SELECT NOT EXISTS (SELECT FROM job WHERE state IN ('ready', 'running'))"


ANSWERED = "SELECT event_id FROM heard ORDER BY n"


def job(name: str, key: str = "k", **changes: Any) -> Job:
    return Job(kind="send", name=name, key=key, **changes)


async def write(database: Database, *written: Job) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, written)


def note(claimed: ClaimedJob) -> Answer:
    """The answer: one row for each time that it is given."""

    async def answer(connection: Connection) -> None:
        await connection.execute("INSERT INTO heard (event_id) VALUES ($1)", claimed.name)

    return answer


async def send(claimed: ClaimedJob) -> Answer:
    return note(claimed)


def worker(database: Database, effect: Effect = send, *, concurrency: int = 8) -> Worker:
    return Worker(database, {"send": effect}, concurrency=concurrency)


async def answered(database: Database) -> list[str]:
    return [name for (name,) in await rows(database, ANSWERED)]


def counted(outcome: str) -> float:
    return sample("pasum_jobs_total", kind="send", outcome=outcome)


async def due_now(database: Database) -> None:
    """Let the time pass until the next attempt."""
    await execute(database, "UPDATE job SET due_at = now() WHERE state = 'ready'")
