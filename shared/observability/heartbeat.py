"""Heartbeats of the loops in a process: each loop reports every turn, and the liveness check finds loops that hang."""

import time

from shared.observability.metrics import LOOP_HEARTBEAT

_BEATS: dict[str, float] = {}


def beat(loop: str) -> None:
    """Report a turn of `loop`; call it on every turn, also if it was idle or failed."""
    _BEATS[loop] = time.monotonic()
    LOOP_HEARTBEAT.labels(loop).set_to_current_time()


def silence(loop: str) -> float:
    """Seconds since the last beat of `loop`, by the monotonic clock; infinite if there was none."""
    last = _BEATS.get(loop)
    return float("inf") if last is None else time.monotonic() - last


def forget(loop: str) -> None:
    """Expect no more beats of `loop`, because it was stopped."""
    if _BEATS.pop(loop, None) is not None:
        LOOP_HEARTBEAT.remove(loop)
