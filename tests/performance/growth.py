"""Every path on an empty database and again after years of use, in the same run: none may become much slower."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from uuid import UUID, uuid4

from rich.console import Console

from deploy.local.issuer import issue_token
from deploy.local.system import System
from pasum.api import Client
from shared.database import Database
from shared.messaging import jobs
from shared.messaging.jobs import ClaimedJob, Worker
from shared.operations import maintenance
from tests.performance import bus, http_registrations
from tests.performance.bench_environment import create_topics, registration, system
from tests.performance.figures import Figure, beside
from tests.performance.growth_rows import GROUP, INBOX_PER_ROW, PER_MEETING, SOURCE, fill
from tests.stack import settings_of

ROUNDS = 3
READS = 20
JOBS = 1_000
OLD = 20_000

Times = dict[str, float]
"""Microseconds a unit, by path."""


def measure(*, rows: int, console: Console) -> dict[str, Figure]:
    """Microseconds a unit with so many registrations, beside the same with one full meeting."""
    with system() as started:
        dsn = started.stack.dsn("registration")
        http_registrations.open_meetings(started)  # whose details the others get
        asyncio.run(fill(dsn, PER_MEETING, lambda _: None))
        empty = _all(started)
        began = time.monotonic()
        asyncio.run(fill(dsn, rows, console.print, there=PER_MEETING))
        console.print(f"filled in {time.monotonic() - began:.0f} s")
        grown = _all(started)
    note = f"with one full meeting; now: {rows:,} registrations, {rows * INBOX_PER_ROW:,} inbox rows"
    return {f"growth: {path}": beside(grown[path], empty[path], unit="µs", note=note) for path in empty}


def _all(started: System) -> Times:
    server, meetings = registration(started), http_registrations.open_meetings(started)
    paths: Mapping[str, Callable[[], float]] = {
        "http registration": lambda: 1e6 / http_registrations.one_round(server, meetings).rate,
        **_reads(started),
        "relay, an event": lambda: asyncio.run(_relay(started)),
        "consumer, an event": lambda: asyncio.run(_consumer(started)),
        "job, claimed and done": lambda: asyncio.run(_jobs(started)),
        "inbox, a row pruned": lambda: asyncio.run(_prune(started)),
    }
    return {path: median([once() for _ in range(ROUNDS + 1)][1:]) for path, once in paths.items()}


def _reads(started: System) -> dict[str, Callable[[], float]]:
    """What people look at."""
    token = issue_token(
        started.folder / "issuer",
        issuer=started.urls["issuer"],
        roles=["organiser", "operator", "auditor"],
        organisation="MTC",
        subject="bench",
    )
    meeting = asyncio.run(_full_meeting(started))
    paths = {
        "GET meetings": "/v1/meetings",
        "GET meetings, by text": "/v1/meetings?q=ກອງປະຊຸມ 7",
        "GET a meeting": f"/v1/meetings/{meeting}",
        "GET its registrations": f"/v1/meetings/{meeting}/registrations",
        "GET its statistics": f"/v1/meetings/{meeting}/statistics",
        "GET dead letters": "/v1/dead-letters",
    }
    return {name: partial(_read, started.urls["registration"], token, path) for name, path in paths.items()}


def _read(url: str, token: str, path: str) -> float:
    with Client(url, token) as client:
        client.get(path)
        began = time.perf_counter()
        for _ in range(READS):
            client.get(path)
        return (time.perf_counter() - began) / READS * 1e6


async def _full_meeting(started: System) -> UUID:
    """The newest that was filled: whatever walks past all that came before it shows here."""
    database = await _database(started)
    async with database.reading() as connection:
        found: UUID = await connection.fetchval(
            "SELECT meeting_id FROM meeting WHERE phase = 'closed' ORDER BY meeting_id DESC LIMIT 1"
        )
    await database.close()
    return found


async def _relay(started: System) -> float:
    database = await _database(started)
    kafka = settings_of(started.stack.kafka_environment())
    found = await bus.relay_round(database, kafka, bus.events())
    await database.close()
    return 1e6 / found.rate


async def _consumer(started: System) -> float:
    database = await _database(started)
    kafka, topic = settings_of(started.stack.kafka_environment()), f"eoffice.bench.{uuid4().hex[:8]}.v1"
    await asyncio.to_thread(create_topics, started.stack, [topic])
    await bus.raw_produce(kafka, topic, bus.events())
    found = await bus.consumer_round(database, kafka, topic, group=GROUP)
    await database.close()
    return 1e6 / found.rate


async def _jobs(started: System) -> float:
    """A worker that finds a queue among all the jobs that are done; those of the registrations wait for nobody."""
    database = await _database(started)
    await _execute(database, "DELETE FROM job WHERE state = 'ready'")
    await _execute(
        database,
        "INSERT INTO job (kind, name, key, payload, context, attempts)"
        " SELECT 'bench', uuidv7(), n, '{}', '{}', 0 FROM generate_series(1, $1::int) AS n",
        JOBS,
    )
    done, stop = 0, asyncio.Event()

    async def effect(_: ClaimedJob) -> jobs.Answer:
        nonlocal done
        done += 1
        if done == JOBS:
            stop.set()
        return jobs.nothing

    began = time.perf_counter()
    await Worker(database, {"bench": effect}).run(stop, lambda: None)
    seconds = time.perf_counter() - began
    await database.close()
    return seconds / JOBS * 1e6


async def _prune(started: System) -> float:
    """The oldest rows of the inbox, as maintenance takes them away.

    They are as long as all others: shorter ones would each fill the crack that is left in some full page, and lie on a
    page of their own, as no rows do that came at the same time.
    """
    database = await _database(started)
    pruning = next(each for each in maintenance.PRUNINGS if each.table == "inbox")
    await _execute(
        database,
        "INSERT INTO inbox (consumer, source, event_id, received_at) SELECT $2, $3, uuidv7(), now() - age"
        " FROM generate_series(1, $1::int) AS n, LATERAL (SELECT interval '20 days' + interval '1 s' * n) AS each(age)",
        OLD,
        GROUP,
        SOURCE,
    )
    began = time.perf_counter()
    await maintenance.prune(database, pruning, asyncio.Event(), lambda: None)
    seconds = time.perf_counter() - began
    await database.close()
    return seconds / OLD * 1e6


async def _database(started: System) -> Database:
    database = Database(started.stack.dsn("registration"), pool_size=10)
    await database.open()
    await _execute(database, "CREATE TABLE IF NOT EXISTS bench_effect (event_id text)")
    await _execute(database, "TRUNCATE outbox, bench_effect")
    return database


async def _execute(database: Database, statement: str, *arguments: object) -> None:
    async with database.transaction() as connection:
        await connection.execute(statement, *arguments)
