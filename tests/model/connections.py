"""The client's side of the PostgreSQL model: the part of asyncpg that production uses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

import asyncpg

from tests.model.answers import Status
from tests.model.sessions import HANG_UP, Session, answer_query, back, begin, end, mark, release


class Record:
    """A row as asyncpg gives it: by name, by number, as a tuple."""

    def __init__(self, **values: Any) -> None:
        self._values = values

    def __getitem__(self, name: str | int) -> Any:
        return self._values[name] if isinstance(name, str) else list(self._values.values())[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> Any:
        """Names."""
        return self._values.keys()

    def items(self) -> Any:
        """Names and values."""
        return self._values.items()


class Connection:
    """The client's side; the part of asyncpg's connection that production uses."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._closed = False
        self._asked: asyncio.Future[Any] | None = None
        self.depth = 0  # of transactions
        session.lost = self._lost

    async def ask(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Send one request and wait for its answer."""
        if self._closed:
            raise asyncpg.InterfaceError("connection is closed")
        if self._asked is not None and not self._asked.done():
            raise asyncpg.InterfaceError("another operation is in progress")
        self._asked = asyncio.get_running_loop().create_future()
        self._session.send((act, arguments, self._asked))
        try:
            return await self._asked
        except asyncio.CancelledError:
            self.terminate()  # asyncpg would cancel the statement; whoever is cancelled in production ends anyway
            raise

    async def fetch(self, query: str, *arguments: Any) -> list[Record]:
        """All rows."""
        found = await self.ask(answer_query, query, arguments)
        return [] if isinstance(found, Status) else [Record(**row) for row in found]

    async def fetchrow(self, query: str, *arguments: Any) -> Record | None:
        """The first row."""
        return next(iter(await self.fetch(query, *arguments)), None)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """The first value of the first row."""
        row = await self.fetchrow(query, *arguments)
        return None if row is None else row[0]

    async def execute(self, query: str, *arguments: Any) -> str:
        """The status: `DELETE 3`."""
        found = await self.ask(answer_query, query, arguments)
        return str(found) if isinstance(found, Status) else f"SELECT {len(found)}"

    def transaction(self, **_options: Any) -> "Block":
        """BEGIN … COMMIT; inside another one a savepoint."""
        return Block(self)

    async def add_listener(self, channel: str, callback: Callable[..., object]) -> None:
        """LISTEN; nobody notifies here: the poll of the loops must do."""

    async def set_type_codec(self, *_: Any, **__: Any) -> None:
        """The model keeps values as they are."""

    @property
    def waits(self) -> bool:
        """Whether its statement waits for a lock."""
        return self._session.waits

    def is_closed(self) -> bool:
        """Whether it is of no more use."""
        return self._closed

    def terminate(self) -> None:
        """Hang up without a word."""
        if not self._closed:
            self._closed = True
            self._session.send(HANG_UP)

    async def close(self) -> None:
        """Hang up."""
        self.terminate()

    def _lost(self) -> None:
        self._closed = True
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(asyncpg.ConnectionDoesNotExistError("connection was closed"))


class Block:
    """A transaction of one connection, or a savepoint, as `async with` sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inner = connection.depth > 0

    async def __aenter__(self) -> None:
        await self._connection.ask(mark if self._inner else begin)
        self._connection.depth += 1

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        connection = self._connection
        connection.depth -= 1
        if error is not None and connection.is_closed():
            return
        if not self._inner:
            await connection.ask(end, error is None)
        else:
            await connection.ask(release if error is None else back)


class Connector(Protocol):
    """Whoever makes connections."""

    async def connect(self) -> Connection:
        """A new one."""
        ...


class Pool:
    """At most `size` connections; a broken one is replaced."""

    def __init__(self, server: Connector, size: int) -> None:
        self._server = server
        self._free: list[Connection] = []
        self._slots = asyncio.Semaphore(size)

    @contextlib.asynccontextmanager
    async def acquire(self, *, timeout: float) -> AsyncIterator[Connection]:  # noqa: ASYNC109 -- asyncpg's signature
        """A connection of one's own; raises `TimeoutError`."""
        async with asyncio.timeout(timeout):
            await self._slots.acquire()
        try:
            self._free = [one for one in self._free if not one.is_closed()]
            connection = self._free.pop() if self._free else await self._server.connect()
            try:
                yield connection
            finally:
                if not connection.is_closed():
                    self._free.append(connection)
        finally:
            self._slots.release()

    async def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._free:
            connection.terminate()
