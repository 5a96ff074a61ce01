"""Measures the process itself: how late its event loop is, and how long its garbage collections take."""

import asyncio
import gc
import time
from collections.abc import Mapping
from typing import Final

from shared.observability.metrics import EVENT_LOOP_DELAY_SECONDS, GARBAGE_COLLECTION_SECONDS

EVERY_SECONDS: Final = 0.25

_began: dict[str, float] = {}


async def measure_event_loop() -> None:
    """Set a timer every `EVERY_SECONDS` and observe by how much it is late, until cancelled."""
    while True:
        due = time.perf_counter() + EVERY_SECONDS
        await asyncio.sleep(EVERY_SECONDS)
        EVENT_LOOP_DELAY_SECONDS.observe(max(0.0, time.perf_counter() - due))


def measure_garbage_collection() -> None:
    """Observe each garbage collection of this process from now on; a second call changes nothing."""
    if _observe not in gc.callbacks:
        gc.callbacks.append(_observe)


def _observe(phase: str, info: Mapping[str, int]) -> None:
    """Called by the interpreter when a collection starts and when it stops."""
    if phase == "start":
        _began["at"] = time.perf_counter()
    elif "at" in _began:
        GARBAGE_COLLECTION_SECONDS.labels(generation=str(info["generation"])).observe(
            time.perf_counter() - _began.pop("at")
        )
