"""The workers' world: jobs, leases, a system outside; a worker may die or stand still while it works."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from unittest.mock import patch

from shared.database import Connection, Database
from shared.kernel import Job, Unavailable
from shared.messaging import jobs
from shared.messaging.jobs import Answer, ClaimedJob, Worker, enqueue
from tests.model.cluster import Kafka
from tests.model.faults import Fault, supervise, trouble
from tests.model.postgres import Server
from tests.model.scheduler import Scheduler
from tests.model.work_statements import HEAR

KEYS = ("a", "b", "c")
EACH = 4
WORKERS = 2
LONGEST = 2_000.0  # virtual seconds: leases of 60 s run out, retries wait
OUTSIDE = (0.0, 0.1, 2.0, 49.0, 70.0)  # seconds; the last is more than an attempt may take
POLL = 5.0  # seconds between two looks of an idle worker: a run has minutes of them
TROUBLE = 0.15  # of all calls outside


class Outside:
    """A system outside: it takes its time, fails at times, and knows a repetition by its key."""

    def __init__(self, loop: Scheduler) -> None:
        self._loop = loop
        self.asked: Counter[str] = Counter()

    async def effect(self, job: ClaimedJob) -> Answer:
        """Ask it; the answer is a row, so that a second one shows."""
        self.asked[job.idempotency_key] += 1
        await asyncio.sleep(self._loop.random.choice(OUTSIDE))
        if self._loop.random.random() < TROUBLE:
            raise Unavailable("outside", retry_after=1.0)

        async def answer(connection: Connection) -> None:
            await connection.execute(HEAR, job.name, job.key, job.attempts)

        return answer


async def work(outside: Outside) -> None:
    """One process's worker, as production runs it."""
    database = Database("model:", pool_size=3)
    await database.open()
    await Worker(database, {"send": outside.effect}, concurrency=3).run(asyncio.Event(), lambda: None)


async def answered(loop: Scheduler) -> list[str]:
    """Run the world until every job is done; returns what is wrong with the answers then."""
    server, kafka = Server(loop), Kafka(loop, {})
    outside = Outside(loop)
    with server.pretending(), patch.object(jobs, "POLL_SECONDS", POLL):
        await _write()
        faults = Fault(loop, server, kafka)
        places = [
            supervise(faults, f"worker {number}", lambda: work(outside), hazard=0.004) for number in range(WORKERS)
        ]
        storm = [loop.outside_task(trouble(faults, places, times=3)), loop.outside_task(_frozen(faults, loop))]
        await asyncio.wait(storm)
        faults.calm()
        async with asyncio.timeout(LONGEST):
            while any(job["state"] in ("ready", "running") for job in server.space.committed("job")):  # noqa: ASYNC110 -- virtual time
                await asyncio.sleep(1.0)
        await asyncio.sleep(200.0)  # whoever stood still has come back and said his word
        faults.end()
    return _wrong(server, outside)


async def _write() -> None:
    database = Database("model:", pool_size=1)
    await database.open()
    for number in range(EACH):
        async with database.transaction() as connection:
            await enqueue(connection, [Job(kind="send", name=f"{key}{number}", key=key) for key in KEYS])
    await database.close()


async def _frozen(faults: Fault, loop: Scheduler) -> None:
    """Some worker stands still for longer than its lease."""
    for _ in range(2):
        await asyncio.sleep(loop.random.uniform(0.0, 60.0))
        if faults.living:
            process = loop.random.choice(faults.living)
            loop.stop_process(process)
            await asyncio.sleep(90.0)
            loop.continue_process(process)


def _wrong(server: Server, outside: Outside) -> list[str]:
    states = Counter(job["state"] for job in server.space.committed("job"))
    given: dict[str, list[str]] = defaultdict(list)
    for row in server.space.committed("heard"):
        given[row["subject"]].append(row["event_id"])
    wrong = [f"{key}: answers {given[key]}" for key in KEYS if given[key] != _in_order(key)]
    if states != Counter(done=len(KEYS) * EACH):
        wrong.append(f"jobs: {dict(states)}")
    return wrong + _never_asked(outside.asked)


def _in_order(key: str) -> list[str]:
    return [f"{key}{number}" for number in range(EACH)]


def _never_asked(asked: Mapping[str, int]) -> list[str]:
    return [f"{name}: never asked" for key in KEYS for name in _in_order(key) if not asked[f"send:{name}"]]
