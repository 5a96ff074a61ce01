"""The connection pool and transactions: the only module that begins, commits or rolls back."""

import asyncio
import json
import os
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import sqlalchemy
from pydantic_core import to_json
from sqlalchemy import Column, Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlmodel import col

from shared.kernel import Unavailable
from shared.lao import search_key
from shared.observability.faults import Fault, Faulty
from shared.observability.metrics import (
    DATABASE_CONNECTIONS,
    DATABASE_CONNECTIONS_LIMIT,
    DATABASE_FAILURES,
    DATABASE_WAIT_SECONDS,
)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

ACQUIRE_SECONDS = 5.0
CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 30.0

# Statements are planned once per connection, not at every call. For parameters that are arrays PostgreSQL would always
# prefer a custom plan, and making it costs more than it saves.
_SESSION: Final = {"plan_cache_mode": "force_generic_plan"}

# Errors after which the same work may be tried again unchanged.
TRANSIENT = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # sometimes raised if the connection was closed in the middle of a query
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.InvalidCachedStatementError,  # a newer version has added a column: asyncpg plans the statement anew
    asyncpg.OutOfMemoryError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,  # also a wrong password: a new one may be on its way
    asyncpg.InvalidCatalogNameError,
)

_FAULTS: Final[tuple[tuple[type[Exception], Fault], ...]] = (
    (ssl.SSLError, Fault.DATABASE_CERTIFICATE_REFUSED),
    (asyncpg.InvalidCatalogNameError, Fault.DATABASE_MISSING),
    (asyncpg.InvalidAuthorizationSpecificationError, Fault.DATABASE_LOGIN_REFUSED),
    (asyncpg.InsufficientPrivilegeError, Fault.DATABASE_LOGIN_REFUSED),
    (asyncpg.TooManyConnectionsError, Fault.DATABASE_FULL),
    (asyncpg.CannotConnectNowError, Fault.DATABASE_STARTING),
    (asyncpg.ReadOnlySQLTransactionError, Fault.DATABASE_READ_ONLY),
    (asyncpg.exceptions.ClientConfigurationError, Fault.SETTING_INVALID),
)


_NOT_CONNECTED: Final = (*TRANSIENT, asyncpg.PostgresError)


def transient(error: BaseException) -> bool:
    """Whether the same work may succeed later.

    asyncpg also raises an `InterfaceError`, which is a `ValueError` too, for a wrong argument: that is a defect.
    """
    return isinstance(error, TRANSIENT) and not isinstance(error, ValueError)


async def prepare_connection(connection: Connection) -> None:
    """Set the codec for `jsonb` on a new connection, in the pool or outside it."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_dump, decoder=json.loads)


async def _nothing_to_reset(connection: Connection) -> None:
    """Do nothing: our transactions leave no session state, so the four statements of asyncpg's reset are not needed."""


def _dump(value: Any) -> str:
    return to_json(value).decode()  # UTF-8 and compact, in a quarter of the time of `json.dumps`


_AFTER_COMMIT: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


def after_commit(act: Callable[[], None]) -> None:
    """Call `act` after the commit of the current transaction, never if it is rolled back; outside of one at once."""
    waiting = _AFTER_COMMIT.get()
    if waiting is None:
        act()
    else:
        waiting.append(act)


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """A savepoint in the transaction of `connection`: an exception undoes what was written inside, and is passed on."""
    waiting = _AFTER_COMMIT.get()
    kept = len(waiting or ())
    try:
        async with connection.transaction():
            yield
    except BaseException:
        if waiting is not None:
            del waiting[kept:]
        raise


class Database:
    """The connection pool of one process to the database of its service.

    The functions in `on_commit` are called after each commit of a read-write transaction; the relay and the workers
    are woken in this way (a NOTIFY inside the transaction would serialise all commits of the cluster).
    """

    def __init__(self, dsn: str, *, pool_size: int = 8) -> None:
        self.dsn = dsn
        self.on_commit: list[Callable[[], None]] = []
        self._pool_size = pool_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Create the pool; raises `Faulty` if PostgreSQL does not answer, refuses the login, or cannot be written."""
        try:
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=1,
                max_size=self._pool_size,
                init=prepare_connection,
                reset=_nothing_to_reset,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                server_settings=_SESSION,
            )
            await self.check()
        except Unavailable:
            await self.close()
            raise
        except _NOT_CONNECTED as error:
            raise self.faulty(error) from error
        DATABASE_CONNECTIONS_LIMIT.set(self._pool_size)
        DATABASE_CONNECTIONS.labels(state="used").set_function(self._count_used)
        DATABASE_CONNECTIONS.labels(state="idle").set_function(self._count_idle)

    async def close(self) -> None:
        """Close all connections; waits until none is in use."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction (READ COMMITTED), committed at the end; an exception inside rolls back and is passed on.

        Waits for a free connection, at most `ACQUIRE_SECONDS`. Raises `Unavailable` if there is none, if PostgreSQL
        does not answer, or after a transient error.
        """
        outer, acts = _AFTER_COMMIT.get(), list[Callable[[], None]]()
        _AFTER_COMMIT.set(acts)
        try:
            async with self._connection() as connection, connection.transaction():
                yield connection
        finally:
            _AFTER_COMMIT.set(outer)
        for act in (*acts, *self.on_commit):
            act()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A read-only transaction with one consistent snapshot (REPEATABLE READ); a replica could serve it.

        Waits and raises as `transaction`.
        """
        async with self._connection() as connection, connection.transaction(readonly=True, isolation="repeatable_read"):
            yield connection

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Connection]:
        """A connection for a statement that reads, without BEGIN and COMMIT: each is a snapshot of its own.

        Waits and raises as `transaction`.
        """
        async with self._connection() as connection:
            yield connection

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A new connection outside the pool, for LISTEN and advisory locks; the caller closes it.

        Raises `Faulty` if PostgreSQL does not answer or refuses the login.
        """
        try:
            connection = await asyncpg.connect(self.dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS)
        except _NOT_CONNECTED as error:
            raise self.faulty(error) from error
        await prepare_connection(connection)
        return connection

    async def check(self) -> None:
        """Return if PostgreSQL answers and can be written; raises `Faulty`."""
        async with self._connection() as connection:
            if await connection.fetchval("SELECT current_setting('transaction_read_only')") == "on":
                raise Faulty(Fault.DATABASE_READ_ONLY, self.address)

    @property
    def address(self) -> str:
        """User, host, port and name of the database, without the password; from PGHOST and so on what the DSN omits."""
        parts = urlsplit(self.dsn)
        login, _, host = parts.netloc.rpartition("@")
        user = login.partition(":")[0] or os.environ.get("PGUSER", "")
        host = host or ":".join(os.environ[each] for each in ("PGHOST", "PGPORT") if each in os.environ)
        name = parts.path.strip("/") or os.environ.get("PGDATABASE", "")
        return f"{user}@{host}/{name}"

    def explain(self, error: Exception) -> Faulty:
        """As `faulty`, for an error after which the same work may be tried again; raises any other."""
        if isinstance(error, Faulty):
            return error
        if not transient(error):
            raise error
        return self.faulty(error)

    def faulty(self, error: BaseException) -> Faulty:
        """What an error of asyncpg or of the network says about this database."""
        if isinstance(error, FileNotFoundError | PermissionError) and error.filename:
            return Faulty(Fault.FILE_MISSING, str(error.filename))
        kind = next((fault for kind, fault in _FAULTS if isinstance(error, kind)), Fault.DATABASE_UNREACHABLE)
        return Faulty(kind, self.address, retry_after=2.0)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise Faulty(Fault.DATABASE_UNREACHABLE, self.address)
        asked = time.perf_counter()
        try:
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                DATABASE_WAIT_SECONDS.observe(time.perf_counter() - asked)
                yield connection
        except TRANSIENT as error:
            if not transient(error):
                raise
            DATABASE_FAILURES.inc()
            raise self.faulty(error) from error

    def _count_used(self) -> int:
        return self._pool.get_size() - self._pool.get_idle_size() if self._pool else 0

    def _count_idle(self) -> int:
        return self._pool.get_idle_size() if self._pool else 0


LAO_ORDER: Final = "lo-x-icu"
"""The collation that sorts as Lao dictionaries do; `shared.lao.collation` sorts alike in Python."""

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # -- SQLAlchemy has left it untyped


async def select(connection: Connection, statement: ClauseElement) -> list[asyncpg.Record]:
    """Run a SQLAlchemy select on an asyncpg connection, so that views can use the table classes instead of strings."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params() or {}
    names = getattr(compiled, "positiontup", None) or ()
    return await connection.fetch(str(compiled), *[values[name] for name in names])


def columns(table: type[Any], *names: str) -> list[Column[Any]]:
    """The named columns of a SQLModel table, or all of them; a select of columns returns records, not models."""
    found = table.__table__.columns
    return [found[name] for name in names] if names else list(found)


def matches_search(key: Any, text: str) -> ColumnElement[bool]:
    """The SQL condition that a column of search keys contains the search key of `text`.

    It is false for every row if the text has no search key, for example only tone marks.
    """
    wanted = search_key(text)
    return col(key).contains(wanted, autoescape=True) if wanted else sqlalchemy.false()


def rows_of(table: type[Any]) -> Select[Any]:
    """A select of whole rows of a SQLModel table."""
    return sqlalchemy.select(*columns(table))
