"""Redrives dead letters (processes them again, as the consumer would) or discards them.

In both cases the stream position of the aggregate advances, so that the event is not processed a second time.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from shared.database import Connection, Database, savepoint, transient
from shared.kernel import Refusal, Unavailable
from shared.messaging.cloudevents import Envelope, Unreadable
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.handlers import Handler, handle
from shared.messaging.consumer.inbox import Positions
from shared.observability.logging import Log, log
from shared.operations.actions import ActedBy, note
from shared.operations.dead_letter_search import DeadLetterFilter, find

SLICE: Final = 25
"""The most letters of one call of `redrive_all` or `discard_all`, each in its own transaction."""

SECONDS: Final = 5.0
"""Seconds after which such a call begins no further letter, so that it answers before the client gives up."""

Row: TypeAlias = Mapping[str, Any]


class StillFailing(Exception):
    """The letter could not be processed this time either; `reason` is safe to show."""

    def __init__(self, letter: int, reason: str) -> None:
        super().__init__(f"dead letter {letter}: {reason}")
        self.letter = letter
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """The result of `redrive_all` or `discard_all`; pass `next` as `after` to the next call, None means the end."""

    letters: int
    failed: Sequence[StillFailing]
    next: int | None


async def redrive(connection: Connection, handler: Handler, row: Row, by: ActedBy) -> int:
    """Process all letters with the key of `row`, in order, all or none; returns how many they were.

    `row` comes from `dead_letters.lock`. If the key has more than `MOST_OF_KEY` letters, only the first ones are
    processed. Raises `StillFailing`; the caller must then roll the transaction back.
    """
    return await _redrive(connection, handler, await dead_letters.of_key(connection, row), by)


async def redrive_alone(connection: Connection, handler: Handler, row: Row, by: ActedBy) -> int:
    """As `redrive`, but only the letter itself; returns 0 if it is not the first of its key."""
    first = await dead_letters.of_key(connection, row, most=1)
    return await _redrive(connection, handler, first, by) if first == [row["id"]] else 0


async def discard(connection: Connection, row: Row, by: ActedBy) -> int:
    """Discard the letter `row` (from `dead_letters.lock`); the letters behind it can then be redriven without it."""
    return await _discard(connection, [row["id"]], by)


async def discard_key(connection: Connection, row: Row, by: ActedBy) -> int:
    """Discard all letters with the key of `row`, at most `MOST_OF_KEY`; returns how many they were."""
    return await _discard(connection, await dead_letters.of_key(connection, row), by)


async def redrive_all(
    database: Database, handler: Handler, wanted: DeadLetterFilter, by: ActedBy, *, after: int = 0
) -> Swept:
    """Redrive up to `SLICE` letters after the letter number `after`, each with its whole key, in order.

    Each key has its own transaction. A key that fails again stays as it is and is reported in the result.
    """

    async def whole_key(letter: int) -> int:
        total, count = 0, dead_letters.MOST_OF_KEY
        while count == dead_letters.MOST_OF_KEY:
            async with database.transaction() as connection:
                row = await dead_letters.lock(connection, letter)
                if row is None or (row["state"] not in dead_letters.OPEN and not total):
                    return 0  # it was processed with an earlier letter of its key
                count = await redrive(connection, handler, row, by)
            total += count
        return total

    return await _sweep(database, whole_key, wanted, after)


async def discard_all(database: Database, wanted: DeadLetterFilter, by: ActedBy, *, after: int = 0) -> Swept:
    """Discard up to `SLICE` letters after the letter number `after`, each in its own transaction.

    Letters that wait behind them continue to wait and can then be redriven.
    """

    async def one(letter: int) -> int:
        async with database.transaction() as connection:
            row = await dead_letters.lock(connection, letter)
            if row is None or row["state"] not in dead_letters.OPEN:
                return 0  # another operator has closed it meanwhile
            return await discard(connection, row, by)

    return await _sweep(database, one, wanted, after)


async def note_failure(database: Database, failing: StillFailing) -> None:
    """Store a failed attempt, in a new transaction; call it after that of the attempt was rolled back."""
    async with database.transaction() as connection:
        await dead_letters.note_failure(connection, failing.letter, failing.reason)


async def _sweep(
    database: Database, act: Callable[[int], Awaitable[int]], wanted: DeadLetterFilter, after: int
) -> Swept:
    async with database.reading() as connection:
        found = [row["id"] for row in await find(connection, wanted, after=after, limit=SLICE)]
    until = time.monotonic() + SECONDS
    count, failed = 0, list[StillFailing]()
    for number, letter in enumerate(found, 1):
        try:
            count += await act(letter)
        except StillFailing as failing:
            failed.append(failing)
            await note_failure(database, failing)
        if time.monotonic() > until or number == SLICE:
            return Swept(letters=count, failed=failed, next=letter)
    return Swept(letters=count, failed=failed, next=None)


async def _redrive(connection: Connection, handler: Handler, letters: Sequence[int], by: ActedBy) -> int:
    for letter in letters:
        row = await dead_letters.load(connection, letter)
        assert row is not None  # noqa: S101 -- it is locked
        await _process(connection, handler, row)
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
            pass  # it has no sequence number
        else:
            await _advance(connection, row, event)
        await dead_letters.close(connection, letter, state="discarded", who=by.who, why=by.why)
    if letters:
        await note(connection, by, "discard-letters", _named(letters), count=len(letters))
    return len(letters)


def _named(letters: Sequence[int]) -> str:
    return f"letter {letters[0]}" if len(letters) == 1 else f"letters {letters[0]} to {letters[-1]} of one key"


async def _process(connection: Connection, handler: Handler, row: Row) -> None:
    try:
        event = dead_letters.envelope(row)
        # An event is skipped if later events of its aggregate were processed already (they did not wait for it).
        if await _advance(connection, row, event) and event.data is not None:
            async with savepoint(connection):
                await handle(connection, handler, event)
    except Exception as error:
        if isinstance(error, Unavailable) or transient(error):
            raise
        reason = str(error) if isinstance(error, Unreadable | Refusal) else type(error).__name__
        raise StillFailing(row["id"], reason) from error


async def _advance(connection: Connection, row: Row, event: Envelope) -> bool:
    """Advance the stream position; returns False if the event, or a later one, was processed before."""
    positions = await Positions.load(connection, row["consumer"], [event])
    if not positions.accepts(event):
        return False
    positions.advance(event, topic=row["topic"])
    await positions.save(connection)
    return True
