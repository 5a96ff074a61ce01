"""Tries again what depends on something outside: says once why it fails, and pauses longer after each failure."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from shared.observability.faults import Faulty, forget, report, resolve

FIRST_PAUSE: Final = 0.5  # seconds
LONGEST_PAUSE: Final = 5.0  # seconds: so soon it is found that the cause is gone


async def until_it_works(
    part: str,
    attempt: Callable[[], Awaitable[object]],
    *,
    explain: Callable[[Exception], Faulty],
    stop: asyncio.Event,
    beat: Callable[[], None],
) -> bool:
    """Call `attempt` until it returns, then return True; False if `stop` is set before. Calls `beat` before each.

    `explain` says what an exception means; it raises those that are defects. An attempt that serves for a long time
    calls `faults.resolve(part)` itself as soon as it works.
    """
    failures = 0
    while not stop.is_set():
        beat()
        began = time.monotonic()
        try:
            await attempt()
        except Exception as error:  # noqa: BLE001 -- `explain` decides
            report(part, explain(error))
            failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
            await pause(stop, pause_after(failures))
        else:
            resolve(part)
            return True
    forget(part)
    return False


def pause_after(failures: int) -> float:
    """Seconds until the next attempt, at random, so that many processes do not come at the same time."""
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 10))  # noqa: S311 -- jitter


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Sleep for `seconds`, or until `stop` is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
