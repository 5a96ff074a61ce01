"""Redriving: a dead letter is taken as the consumer would have taken it, or given up; its number is spent."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from shared.database import Connection, Database, transient
from shared.kernel import Refusal, Unavailable
from shared.messaging.cloudevents import Envelope, Unreadable
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.handlers import Handler, handle
from shared.messaging.consumer.inbox import Positions
from shared.observability.logging import Log, log
from shared.operations.actions import ActedBy, note
from shared.operations.dead_letter_search import DeadLetterFilter, find

SLICE: Final = 25
"""Letters that one call of a sweep looks at, each in a transaction of its own."""

SECONDS: Final = 5.0
"""After which a call of a sweep begins no other letter: whoever has asked is still there."""

Row: TypeAlias = Mapping[str, Any]


class StillFailing(Exception):
    """The letter cannot be taken yet; `reason` is safe to show."""

    def __init__(self, letter: int, reason: str) -> None:
        super().__init__(f"dead letter {letter}: {reason}")
        self.letter = letter
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one call of a sweep did; `next` is the letter after which the following one goes on, None at the end."""

    letters: int
    failed: Sequence[StillFailing]
    next: int | None


async def redrive(connection: Connection, handler: Handler, row: Row, by: ActedBy) -> int:
    """Take the letter `row` (of `dead_letters.lock`) and what waits with it, in order; all or none. Returns how many.

    Of a key with more than `MOST_OF_KEY` letters the first ones, and the others wait on. Raises `StillFailing`; the
    caller's transaction must then be rolled back.
    """
    return await _redrive(connection, handler, await dead_letters.of_key(connection, row), by)


async def redrive_alone(connection: Connection, handler: Handler, row: Row, by: ActedBy) -> int:
    """As `redrive`, but what waits behind the letter waits on; 0 where it is not the first of its key."""
    first = await dead_letters.of_key(connection, row, most=1)
    return await _redrive(connection, handler, first, by) if first == [row["id"]] else 0


async def discard(connection: Connection, row: Row, by: ActedBy) -> int:
    """Give the letter `row` (of `dead_letters.lock`) up; what waits behind it can then be redriven without it."""
    return await _discard(connection, [row["id"]], by)


async def discard_key(connection: Connection, row: Row, by: ActedBy) -> int:
    """Give up all letters of the key of `row`, at most `MOST_OF_KEY`; returns how many."""
    return await _discard(connection, await dead_letters.of_key(connection, row), by)


async def redrive_all(
    database: Database, handler: Handler, wanted: DeadLetterFilter, by: ActedBy, *, after: int = 0
) -> Swept:
    """The next dead letters of a sweep, each with its whole key, in order.

    A key that still fails stays as it is, and the sweep goes on with the next.
    """

    async def whole_key(letter: int) -> int:
        taken, count = 0, dead_letters.MOST_OF_KEY
        while count == dead_letters.MOST_OF_KEY:
            async with database.transaction() as connection:
                row = await dead_letters.lock(connection, letter)
                if row is None or (row["state"] not in dead_letters.OPEN and not taken):
                    return 0  # it went with an earlier one of its key
                count = await redrive(connection, handler, row, by)
            taken += count
        return taken

    return await _sweep(database, whole_key, wanted, after)


async def discard_all(database: Database, wanted: DeadLetterFilter, by: ActedBy, *, after: int = 0) -> Swept:
    """The next letters of a sweep are given up, each in a transaction of its own; what waits behind them waits on."""

    async def one(letter: int) -> int:
        async with database.transaction() as connection:
            row = await dead_letters.lock(connection, letter)
            if row is None or row["state"] not in dead_letters.OPEN:
                return 0  # somebody else was quicker
            return await discard(connection, row, by)

    return await _sweep(database, one, wanted, after)


async def note_failure(database: Database, failing: StillFailing) -> None:
    """Record the try in vain, after its transaction was rolled back."""
    async with database.transaction() as connection:
        await dead_letters.note_failure(connection, failing.letter, failing.reason)


async def _sweep(
    database: Database, act: Callable[[int], Awaitable[int]], wanted: DeadLetterFilter, after: int
) -> Swept:
    async with database.reading() as connection:
        found = [row["id"] for row in await find(connection, wanted, after=after, limit=SLICE)]
    until = time.monotonic() + SECONDS
    taken, failed = 0, list[StillFailing]()
    for number, letter in enumerate(found, 1):
        try:
            taken += await act(letter)
        except StillFailing as failing:
            failed.append(failing)
            await note_failure(database, failing)
        if time.monotonic() > until or number == SLICE:
            return Swept(letters=taken, failed=failed, next=letter)
    return Swept(letters=taken, failed=failed, next=None)


async def _redrive(connection: Connection, handler: Handler, letters: Sequence[int], by: ActedBy) -> int:
    for letter in letters:
        row = await dead_letters.load(connection, letter)
        assert row is not None  # noqa: S101 -- it is locked
        await _take(connection, handler, row)
        await dead_letters.close(connection, letter, state="redriven", who=by.who, why=by.why)
        log.info(Log.EVENT_REDRIVEN, topic=row["topic"], actor=by.who)
    if letters:
        await note(connection, by, "redrive-letters", _named(letters), count=len(letters))
    return len(letters)


async def _discard(connection: Connection, letters: Sequence[int], by: ActedBy) -> int:
    for letter in letters:
        row = await dead_letters.load(connection, letter)
        assert row is not None  # noqa: S101 -- it is locked
        try:
            event = dead_letters.envelope(row)
        except Unreadable:
            pass  # nobody knows its number
        else:
            await _spend(connection, row, event)
        await dead_letters.close(connection, letter, state="discarded", who=by.who, why=by.why)
    if letters:
        await note(connection, by, "discard-letters", _named(letters), count=len(letters))
    return len(letters)


def _named(letters: Sequence[int]) -> str:
    return f"letter {letters[0]}" if len(letters) == 1 else f"letters {letters[0]} to {letters[-1]} of one key"


async def _take(connection: Connection, handler: Handler, row: Row) -> None:
    try:
        event = dead_letters.envelope(row)
        # An event that was overtaken by a later state (a letter that held nothing back) has nothing more to say.
        if await _spend(connection, row, event) and event.data is not None:
            async with connection.transaction():
                await handle(connection, handler, event)
    except Exception as error:
        if isinstance(error, Unavailable) or transient(error):
            raise
        reason = str(error) if isinstance(error, Unreadable | Refusal) else type(error).__name__
        raise StillFailing(row["id"], reason) from error


async def _spend(connection: Connection, row: Row, event: Envelope) -> bool:
    """Count the event as taken; False where it, or what followed it, was taken before."""
    positions = await Positions.load(connection, row["consumer"], [event])
    if not positions.accepts(event):
        return False
    positions.advance(event, topic=row["topic"])
    await positions.save(connection)
    return True
