"""The only place that begins, commits or rolls back: a pool of connections and the one transaction of the house."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import asyncpg
import sqlalchemy
from pydantic_core import to_json
from sqlalchemy import Column, Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlmodel import col

from shared.kernel import Unavailable
from shared.lao import search_key

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

ACQUIRE_SECONDS = 5.0
COMMAND_SECONDS = 30.0

# In the pool a statement is planned once a connection, not at every call: with lists as parameters PostgreSQL thinks
# each of its plans for one case cheaper than the general one, and planning costs more than what it would save.
_SESSION: Final = {"plan_cache_mode": "force_generic_plan"}

# What PostgreSQL says when the work itself was right and may be tried again as it is.
TRANSIENT = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # now and then, of a connection that was cut in the middle of a query
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.OutOfMemoryError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
)


def transient(error: BaseException) -> bool:
    """True where the same work may succeed later.

    What asyncpg says of an unfit argument is an `InterfaceError` too, but a defect.
    """
    return isinstance(error, TRANSIENT) and not isinstance(error, ValueError)


async def prepare_connection(connection: Connection) -> None:
    """Teach a connection `jsonb` ↔ Python values; used by the pool and by direct connections alike."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_dump, decoder=json.loads)


async def _nothing_to_reset(connection: Connection) -> None:
    """Nothing: our transactions leave no session state, so asyncpg's four resetting statements are saved."""


def _dump(value: Any) -> str:
    return to_json(value).decode()  # UTF-8 and compact, in a quarter of the time of `json.dumps`


class Database:
    """One service's database as one process sees it.

    `on_commit` is called after each committed read-write transaction, never inside it: the relay and the workers are
    woken that way (a NOTIFY inside the transaction would serialise all commits of the cluster).
    """

    def __init__(self, dsn: str, *, pool_size: int = 8) -> None:
        self.dsn = dsn
        self.on_commit: list[Callable[[], None]] = []
        self._pool_size = pool_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Connect; raises `Unavailable` when PostgreSQL does not answer."""
        try:
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=1,
                max_size=self._pool_size,
                init=prepare_connection,
                reset=_nothing_to_reset,
                command_timeout=COMMAND_SECONDS,
                server_settings=_SESSION,
            )
        except TRANSIENT as error:
            raise Unavailable("database") from error

    async def close(self) -> None:
        """Give all connections back; waits for the ones in use."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """BEGIN … COMMIT at READ COMMITTED; an exception inside rolls back and is passed on.

        Raises `Unavailable` when no connection is free in time, or when PostgreSQL went away or gave a transient error.
        """
        async with self._connection() as connection, connection.transaction():
            yield connection
        for wake in self.on_commit:
            wake()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One consistent read-only snapshot (REPEATABLE READ): what a replica would answer."""
        async with self._connection() as connection, connection.transaction(readonly=True, isolation="repeatable_read"):
            yield connection

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A direct connection outside the pool, for LISTEN and advisory locks; the caller closes it."""
        try:
            connection = await asyncpg.connect(self.dsn, command_timeout=COMMAND_SECONDS)
        except TRANSIENT as error:
            raise Unavailable("database") from error
        await prepare_connection(connection)
        return connection

    async def answers(self) -> bool:
        """Readiness: whether one query comes back."""
        try:
            async with self._connection() as connection:
                return bool(await connection.fetchval("SELECT true"))
        except Unavailable:
            return False

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise Unavailable("database")
        try:
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                yield connection
        except TRANSIENT as error:
            if not transient(error):
                raise
            raise Unavailable("database", retry_after=2.0) from error


_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # -- SQLAlchemy has left it untyped


async def select(connection: Connection, statement: ClauseElement) -> list[asyncpg.Record]:
    """Run a SQLAlchemy select on an asyncpg connection: views are written against the tables, not in strings."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params() or {}
    names = getattr(compiled, "positiontup", None) or ()
    return await connection.fetch(str(compiled), *[values[name] for name in names])


def columns(table: type[Any], *names: str) -> list[Column[Any]]:
    """The named columns of a SQLModel table, all of them where none is named: a view selects records, not models."""
    found = table.__table__.columns
    return [found[name] for name in names] if names else list(found)


def finds(key: Any, text: str) -> ColumnElement[bool]:
    """The condition that a column of search keys holds what is looked for; signs and tones alone find nothing."""
    wanted = search_key(text)
    return col(key).contains(wanted, autoescape=True) if wanted else sqlalchemy.false()


def rows_of(table: type[Any]) -> Select[Any]:
    """A select of whole rows of a SQLModel table."""
    return sqlalchemy.select(*columns(table))
