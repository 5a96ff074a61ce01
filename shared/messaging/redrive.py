"""Redriving: a dead letter is taken as the consumer would have taken it, or given up; its number is spent."""

from collections.abc import Mapping
from typing import Any

from shared.database import Connection, transient
from shared.kernel import Refusal, Unavailable
from shared.messaging import deadletter
from shared.messaging.inbox import Positions
from shared.messaging.taking import Handler, handle
from shared.messaging.wire import Envelope, Unreadable
from shared.observability.logging import Log, log


class StillFailing(Exception):
    """The letter cannot be taken yet; `reason` is safe to show."""

    def __init__(self, letter: int, reason: str) -> None:
        super().__init__(f"dead letter {letter}: {reason}")
        self.letter = letter
        self.reason = reason


async def redrive(connection: Connection, handler: Handler, row: Mapping[str, Any], *, who: str, why: str) -> int:
    """Take the letter `row` (of `deadletter.load`) and all that waits with it, in order; all or none. Returns how many.

    Raises `StillFailing`; the caller's transaction must then be rolled back.
    """
    letters = [row["id"]]
    if row["key"]:
        letters = await deadletter.of_key(connection, row["consumer"], row["topic"], row["key"])
    taken = 0
    for letter in letters:
        locked = await deadletter.load(connection, letter)
        if locked is None or locked["state"] not in deadletter.OPEN:
            continue  # somebody else was quicker
        await _take(connection, handler, locked)
        await deadletter.close(connection, letter, state="redriven", who=who, why=why)
        log.info(Log.EVENT_REDRIVEN, topic=row["topic"], actor=who)
        taken += 1
    return taken


async def discard(connection: Connection, row: Mapping[str, Any], *, who: str, why: str) -> None:
    """Give the letter `row` up; what waits behind it can then be redriven without it."""
    try:
        event = deadletter.envelope(row)
    except Unreadable:
        pass  # nobody knows its number
    else:
        await _spend(connection, row, event)
    await deadletter.close(connection, row["id"], state="discarded", who=who, why=why)


async def _take(connection: Connection, handler: Handler, row: Mapping[str, Any]) -> None:
    try:
        event = deadletter.envelope(row)
        # An event that was overtaken by a later state (a letter that held nothing back) has nothing more to say.
        if await _spend(connection, row, event) and event.data is not None:
            async with connection.transaction():
                await handle(connection, handler, event)
    except Exception as error:
        if isinstance(error, Unavailable) or transient(error):
            raise
        reason = str(error) if isinstance(error, Unreadable | Refusal) else type(error).__name__
        raise StillFailing(row["id"], reason) from error


async def _spend(connection: Connection, row: Mapping[str, Any], event: Envelope) -> bool:
    """Count the event as taken; False where it, or what followed it, was taken before."""
    positions = await Positions.load(connection, row["consumer"], [event])
    if not positions.accepts(event):
        return False
    positions.advance(event, topic=row["topic"])
    await positions.save(connection)
    return True
