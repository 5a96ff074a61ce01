"""Waiting for the cluster, with a limit and a message."""

import time
from collections.abc import Callable
from typing import Final

from tests.cluster.failures import StepFailed

_POLL_SECONDS: Final = 0.2


def until(happened: Callable[[], object], *, what: str, seconds: float = 60.0) -> None:
    """Ask again and again; raises `StepFailed` if it has not happened within `seconds`."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise StepFailed(f"not within {seconds:g} s: {what}")
        time.sleep(_POLL_SECONDS)
