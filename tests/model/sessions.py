"""The server's side of the PostgreSQL model: a session answers one statement after the other."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import asyncpg

from tests.model import bus_statements, work_statements
from tests.model.answers import ANSWERS, Status, known_as
from tests.model.rows import Transaction

if TYPE_CHECKING:
    from tests.model.postgres import Server

HANG_UP = object()
UNKNOWN = (
    "give it a name in its module, its answer in tests/model/bus_statements.py or work_statements.py,"
    " and a step in STATEMENTS of tests/model/steps.py"
)
KNOWN = (bus_statements, work_statements)  # importing them teaches the model its answers


class Session:
    """The server's side of one connection: one statement after the other."""

    def __init__(self, server: "Server", number: int) -> None:
        self.server = server
        self.number = number
        self.space = server.space
        self.transaction: Transaction | None = None
        self.at_work: Transaction | None = None
        self.lost: Callable[[], None] = lambda: None
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self._arrival = 0.0
        self.task = server.loop.outside_task(self._serve())

    @property
    def waits(self) -> bool:
        """Whether its statement waits for another transaction."""
        return bool(self.at_work is not None and self.at_work.blocked_by)

    def send(self, request: Any) -> None:
        """Called by the client; requests arrive in their order, and sometime."""
        loop = self.server.loop
        self._arrival = max(self._arrival, loop.time()) + self.server.delay()
        loop.outside(self._requests.put_nowait, request, after=self._arrival - loop.time())

    def cut(self) -> None:
        """`pg_terminate_backend`, or the server's own death."""
        self.task.cancel()

    async def _serve(self) -> None:
        try:
            while (request := await self._requests.get()) is not HANG_UP:
                act, arguments, future = request
                try:
                    result = await act(self, *arguments)
                except asyncpg.PostgresError as error:
                    self._reply(future, error)
                except Exception as error:  # the model's own fault
                    self.server.loop.broken.append(error)
                    raise
                else:
                    self._reply(future, result)
        finally:
            self._over()

    def _over(self) -> None:
        if self.transaction is not None:
            self.transaction.end(commit=False)
            self.transaction = None
        self.space.free(self)
        self.server.sessions.discard(self)
        self.server.loop.outside(self.lost, after=self.server.delay())

    def _reply(self, future: "asyncio.Future[Any]", result: Any) -> None:
        def arrive() -> None:
            if not future.done() and isinstance(result, BaseException):
                future.set_exception(result)
            elif not future.done():
                future.set_result(result)

        self.server.loop.outside(arrive, after=self.server.delay())

    def begin(self) -> Transaction:
        """A transaction that begins now."""
        return Transaction(self.space, started=self.server.now())


async def answer_query(session: Session, text: str, arguments: Sequence[Any]) -> Any:
    answer = ANSWERS.get(known_as(text))
    if answer is None:
        raise LookupError(f"the model of PostgreSQL does not know this statement; {UNKNOWN}: {text}")
    transaction = session.transaction or session.begin()
    if transaction.failed:
        raise asyncpg.InFailedSQLTransactionError("current transaction is aborted")
    session.at_work = transaction
    try:
        result = await answer(session, transaction, *arguments)
    except asyncpg.PostgresError:
        transaction.fail()
        if session.transaction is None:
            transaction.end(commit=False)
        raise
    except asyncio.CancelledError:
        if session.transaction is None:
            transaction.end(commit=False)
        raise
    if session.transaction is None:
        transaction.end(commit=True)
    session.server.loop.note(f"pg {session.number} {answer.__name__}: {_said(result)}")
    return result


def _said(result: Any) -> str:
    return str(result) if isinstance(result, Status) else " ".join(str(list(row.values())) for row in result)


async def begin(session: Session) -> None:
    session.transaction = session.begin()


async def end(session: Session, commit: bool) -> None:  # noqa: FBT001 -- one of a request's arguments
    transaction, session.transaction = session.transaction, None
    assert transaction is not None
    transaction.end(commit=commit and not transaction.failed)
    session.server.loop.note(f"pg {session.number} {'COMMIT' if commit and not transaction.failed else 'ROLLBACK'}")


async def mark(session: Session) -> None:
    _sound(session).savepoint()


async def release(session: Session) -> None:
    _sound(session).release()


def _sound(session: Session) -> Transaction:
    """The transaction, where it has not failed."""
    if session.transaction is None or session.transaction.failed:
        raise asyncpg.InFailedSQLTransactionError("current transaction is aborted")
    return session.transaction


async def back(session: Session) -> None:
    assert session.transaction is not None
    session.transaction.rollback_to_savepoint()
