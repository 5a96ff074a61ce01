"""The model of PostgreSQL answers as PostgreSQL does: the same steps, the same answers and waits."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import zip_longest
from typing import Any

import asyncpg
import pytest

from shared.database import Database, prepare_connection
from tests.model.answers import ANSWERS, known_as
from tests.model.connections import Connection
from tests.model.postgres import Server
from tests.model.scheduler import Scheduler, simulate
from tests.model.sessions import UNKNOWN
from tests.model.steps import STATEMENTS, ScriptRunner, script

SCRIPTS = 25
_TABLES = (
    "outbox, outbox_published, outbox_parked, inbox, stream_position, dead_letter, consumer_halt, job,"
    " idempotency_key, venue, heard"
)


class Model:
    """The model as a server that scripts run on."""

    pause = 0.5

    def __init__(self, server: Server) -> None:
        self.connect = server.connect

    async def blocked(self, session: Connection) -> bool:
        return session.waits

    async def cut(self, session: Connection) -> None:
        session.terminate()
        await asyncio.sleep(self.pause)


class Real:
    """PostgreSQL as a server that scripts run on; a connection of its own watches the others."""

    pause = 0.003

    def __init__(self, dsn: str, watcher: Any) -> None:
        self._dsn = dsn
        self._watcher = watcher

    async def connect(self) -> Any:
        connection = await asyncpg.connect(self._dsn)
        await prepare_connection(connection)
        return connection

    async def blocked(self, session: Any) -> bool:
        waits = "SELECT cardinality(pg_blocking_pids($1)) > 0"
        return bool(await self._watcher.fetchval(waits, session.get_server_pid()))

    async def cut(self, session: Any) -> None:
        gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)"
        pid = session.get_server_pid()
        await self._watcher.execute("SELECT pg_terminate_backend($1)", pid)
        while not await self._watcher.fetchval(gone, pid):  # noqa: ASYNC110 -- PostgreSQL has no event for it
            await asyncio.sleep(self.pause)
        session.terminate()


async def _model_plays(loop: Scheduler, seed: int) -> list[tuple[str, ...]]:
    return await ScriptRunner(Model(Server(loop))).run(script(seed))


@pytest.fixture
async def watcher(kernel: Database) -> AsyncIterator[Any]:
    connection = await kernel.connect()
    yield connection
    await connection.close()


async def _server_plays(database: Database, watcher: Any, seed: int) -> list[tuple[str, ...]]:
    await watcher.execute(f"TRUNCATE {_TABLES} RESTART IDENTITY")
    return await ScriptRunner(Real(database.dsn, watcher)).run(script(seed))


def test_every_statement_that_the_model_answers_is_compared() -> None:
    compared = {known_as(text) for text, _ in STATEMENTS.values()}
    assert sorted(ANSWERS.keys() - compared) == [], UNKNOWN


def test_a_statement_that_the_model_does_not_know_says_where_it_is_to_be_told() -> None:
    async def ask(loop: Scheduler) -> None:
        connection = await Server(loop).connect()
        await connection.fetch("SELECT state FROM job")

    with pytest.raises(asyncpg.ConnectionDoesNotExistError) as caught:
        simulate(1, ask)
    assert UNKNOWN in "".join(caught.value.__notes__)


async def test_the_model_answers_as_the_server_does(kernel: Database, watcher: Any) -> None:
    for seed in range(SCRIPTS):
        expected, _ = await asyncio.to_thread(simulate, seed, partial(_model_plays, seed=seed))
        if any("DeadlockDetected" in " ".join(line) for line in expected):
            continue  # whom PostgreSQL picks is a matter of its clock
        answered = await _server_plays(kernel, watcher, seed)
        different = [
            (seed, number, real, model)
            for number, (real, model) in enumerate(zip_longest(answered, expected))
            if real != model
        ]
        assert different == []
