"""Who looks at the figures of which meeting: one query for each meeting and second, however many look at it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.registration.api.statistics.figures import Statistics, read_statistics
from services.registration.observability import STREAMS
from shared.database import Database
from shared.kernel import Unavailable

MOST_STREAMS: Final = 200
"""Streams that one process serves at the same time; others are asked to come again (503)."""
MOST_OF_ONE: Final = 5
"""Streams of one account in one process."""
LOOK_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 600.0  # then the client connects again, and its token and rights are looked at again
_RETRY: Final = b"retry: 3000\n\n"
_HEARTBEAT: Final = b": heartbeat\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who looks: his account, whether he sees the breakdown, the last event he has, and the end of the process."""

    subject: str
    whole: bool
    known: str | None
    left: asyncio.Event


class Board:
    """The newest figures of one meeting, read again every second while somebody looks at them."""

    def __init__(self, database: Database, meeting_id: UUID, first: Statistics) -> None:
        self.figures = first
        self.followers = 0
        self.changed = asyncio.Event()
        self._database = database
        self._meeting_id = meeting_id

    async def keep(self) -> None:
        """Look until cancelled; while PostgreSQL does not answer, the last figures stay."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                async with self._database.reading() as connection:
                    figures = await read_statistics(connection, self._meeting_id)
            except Unavailable:
                continue
            if figures != self.figures:
                self.figures = figures
                self.changed.set()
                self.changed = asyncio.Event()


class StatisticsStreams:
    """All streams of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._boards: dict[UUID, tuple[Board, asyncio.Task[None]]] = {}
        self._open: Counter[str] = Counter()

    async def events(self, meeting_id: UUID, first: Statistics, watch: Watch) -> AsyncIterator[bytes]:
        """The figures now and after each change, as server-sent events; `Unavailable` where too many look already."""
        with self._place(watch.subject):
            async with self._board(meeting_id, first) as board:
                async for piece in _events(board, watch):
                    yield piece

    @contextmanager
    def _place(self, subject: str) -> Iterator[None]:
        if self._open.total() >= MOST_STREAMS or self._open[subject] >= MOST_OF_ONE:
            raise Unavailable("streams", retry_after=HEARTBEAT_SECONDS)
        self._open[subject] += 1
        STREAMS.inc()
        try:
            yield
        finally:
            self._open[subject] -= 1
            self._open += Counter()  # forgets who has none
            STREAMS.dec()

    @asynccontextmanager
    async def _board(self, meeting_id: UUID, first: Statistics) -> AsyncIterator[Board]:
        """The board of a meeting, shared with all who look at it; the last who leaves ends the looking."""
        if meeting_id not in self._boards:
            board = Board(self._database, meeting_id, first)
            self._boards[meeting_id] = board, asyncio.create_task(board.keep())
        board, looking = self._boards[meeting_id]
        board.followers += 1
        try:
            yield board
        finally:
            board.followers -= 1
            if not board.followers:
                del self._boards[meeting_id]
                looking.cancel()


async def _events(board: Board, watch: Watch) -> AsyncIterator[bytes]:
    """What one client is sent until the process stops or the stream is old; at least what he has not seen."""
    now, known = asyncio.get_running_loop().time, watch.known
    end = now() + LONGEST_SECONDS
    yield _RETRY
    while True:
        changed, shown = board.changed, board.figures if watch.whole else board.figures.without_breakdown()
        tag = shown.tag().strip('"')
        if tag != known:
            known = tag
            yield f"id: {tag}\nevent: statistics\ndata: {shown.model_dump_json()}\n\n".encode()
        if watch.left.is_set() or now() > end:
            return
        if not await _either(changed, watch.left, seconds=HEARTBEAT_SECONDS):
            yield _HEARTBEAT


async def _either(*events: asyncio.Event, seconds: float) -> bool:
    """Wait for one of the events; returns False if none comes in time."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return bool(done)
