"""Programs of others that tests run beside ours: real servers and tools, had once and kept outside the checkout."""

from collections.abc import Callable
from pathlib import Path

import pytest

NOT_HAD = "not to be had here"


class CounterpartUnavailable(RuntimeError):
    """A program is not on this machine and cannot be had; the message says why and what to do."""


def needed(had: Callable[..., Path], *args: str) -> Path:
    """The program that `had(*args)` returns; skips the test where it is not to be had, and the run tells so at its end.

    For fixtures: `needed(go.program, "versitygw")`.
    """
    try:
        return had(*args)
    except CounterpartUnavailable as error:
        pytest.skip(f"{' '.join(args)} {NOT_HAD}: {error}")
