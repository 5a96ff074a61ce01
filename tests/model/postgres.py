"""PostgreSQL as a model: sessions that answer the very statements production sends, over a network that takes its time.

`Server.connect` and `Server.pool` stand for asyncpg's; `pretending` puts them in its place, so that `Database` is the
real one. A statement is known by its text (`answers.py`); one that is not known is an error, never a guess. What a
client has sent arrives, also when the client has died meanwhile; then the session ends, is rolled back, and its locks
are free.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import asyncpg

from tests.model.connections import Connection, Pool
from tests.model.rows import Space, Table
from tests.model.scheduler import EPOCH, Scheduler, current_process
from tests.model.sessions import HANG_UP, Session

CHANNEL_DELAYS = (0.0, 0.0005, 0.001, 0.004, 0.02)  # seconds, each way


def tables() -> list[Table]:
    """The tables of the kernel and those of these tests."""
    return [
        Table("outbox", unique=("event_id",)),
        Table("outbox_published", unique=("id",)),
        Table("outbox_parked", unique=("topic", "key")),
        Table("inbox", unique=("consumer", "source", "event_id")),
        Table("stream_position", unique=("consumer", "source", "subject")),
        Table("dead_letter", unique=("consumer", "topic", "partition", "offset")),
        Table("job", unique=("kind", "name")),
        Table("consumer_halt", unique=("consumer",)),
        Table("idempotency_key", unique=("actor", "key")),
        Table("venue", unique=("id",)),
        Table("heard"),
    ]


class Server:
    """One PostgreSQL; `away` refuses new connections."""

    def __init__(self, loop: Scheduler) -> None:
        self.loop = loop
        self.space = Space(*tables())
        self.sessions: set[Session] = set()
        self.away = False
        self._last = 0

    def now(self) -> datetime:
        """The server's clock."""
        return datetime.fromtimestamp(EPOCH, UTC) + timedelta(seconds=self.loop.time())

    def delay(self) -> float:
        """How long a message takes."""
        return self.loop.random.choice(CHANNEL_DELAYS)

    async def connect(self, *_: Any, **__: Any) -> Connection:
        """A new session, which ends with its client."""
        await asyncio.sleep(self.delay())
        if self.away:
            raise ConnectionRefusedError
        self._last += 1
        session = Session(self, self._last)
        self.sessions.add(session)
        process = current_process()
        if process is not None:
            process.on_kill.append(lambda: session.send(HANG_UP))
        return Connection(session)

    async def pool(self, *_: Any, max_size: int, **__: Any) -> Pool:
        """A pool of connections."""
        return Pool(self, max_size)

    def cut_all(self) -> None:
        """Every session ends at once, as with an immediate restart."""
        for session in sorted(self.sessions, key=lambda one: one.number):
            session.cut()

    @contextlib.contextmanager
    def pretending(self) -> Iterator[None]:
        """For as long as the block lasts, asyncpg connects here."""
        with patch.object(asyncpg, "connect", self.connect), patch.object(asyncpg, "create_pool", self.pool):
            yield
