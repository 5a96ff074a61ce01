"""A crash at a chosen `await`, on the real servers: a coroutine is driven so far and then left where it is."""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import suppress
from types import coroutine
from typing import Any


class Crash(BaseException):
    """What ends a coroutine that was left, once nothing it could do has any effect any more."""


@coroutine
def _drive(body: Coroutine[Any, Any, object], steps: int) -> Generator[Any, None, bool]:
    """So many suspensions and no more; True where the body came to its end before."""
    for _ in range(steps):
        try:
            waited = body.send(None)
        except StopIteration:
            return True
        yield waited
    return False


@coroutine
def _end(body: Coroutine[Any, Any, object]) -> Generator[Any, None, None]:
    with suppress(StopIteration):
        waited = body.throw(Crash())
        while True:
            yield waited
            waited = body.send(None)


async def crash_after(body: Coroutine[Any, Any, object], steps: int) -> bool:
    """Run `body` in a task of its own until its `steps`-th `await`, and leave it there; True where it ended before."""
    return await asyncio.create_task(_run(body, steps))


async def _run(body: Coroutine[Any, Any, object], steps: int) -> bool:
    return await _drive(body, steps)


async def clear_away(body: Coroutine[Any, Any, object]) -> None:
    """Let a coroutine that was left unwind; its connections must be dead."""

    async def unwind() -> None:
        with suppress(Exception, Crash):
            await _end(body)

    await asyncio.create_task(unwind())
