"""The heartbeats of a process's loops: each loop says that it went round, and liveness asks who has fallen silent."""

import time

from shared.observability.metrics import LOOP_HEARTBEAT

_BEATS: dict[str, float] = {}


def beat(loop: str) -> None:
    """Say that `loop` went round; called on every turn, also on an idle or a failed one."""
    _BEATS[loop] = time.monotonic()
    LOOP_HEARTBEAT.labels(loop).set_to_current_time()


def silence(loop: str) -> float:
    """Seconds since the last beat of `loop`, by a clock that never jumps; infinite when it has never beaten."""
    last = _BEATS.get(loop)
    return float("inf") if last is None else time.monotonic() - last


def forget(loop: str) -> None:
    """Stop expecting `loop`: it was stopped in good order."""
    if _BEATS.pop(loop, None) is not None:
        LOOP_HEARTBEAT.remove(loop)
