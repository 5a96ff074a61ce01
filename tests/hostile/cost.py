"""How the work of a function grows with its input: CPU time at one length and at four times that length, compared."""

import gc
from collections.abc import Callable
from time import thread_time
from typing import Any, Final

STEPS: Final = 4
MOST_GROWTH: Final = 9.0
"""For four times the length: linear work gives 4, n log n some 5, the square 16."""

_LEAST_TIME: Final = 0.002  # CPU seconds, far above the clock's own grain
_ATTEMPTS: Final = 6


def growth(call: Callable[[Any], object], make: Callable[[int], Any], *, length: int) -> float:
    """The least growth that was seen in a few attempts: other work on the machine only ever adds to it."""
    short, long = make(length), make(STEPS * length)
    least = float("inf")
    for _ in range(_ATTEMPTS):
        rounds = 1
        while (base := _seconds(call, short, rounds)) < _LEAST_TIME:
            rounds *= 2
        least = min(least, _seconds(call, long, rounds) / base)
        if least < MOST_GROWTH:
            break
    return least


def _seconds(call: Callable[[Any], object], value: Any, rounds: int) -> float:
    gc.disable()
    try:
        started = thread_time()
        for _ in range(rounds):
            call(value)
        return thread_time() - started
    finally:
        gc.enable()
