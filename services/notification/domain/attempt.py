"""How long to go on asking, and how long to wait between two attempts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PATIENCE: Final = timedelta(hours=72)
"""After that a message that no provider has taken is given up."""

REFUSALS: Final = 5
"""Refusals that blame nobody, after which no further attempt is made."""

FIRST_PAUSE: Final = 2.0  # seconds
LONGEST_PAUSE: Final = 900.0  # seconds


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    REFUSED = "refused"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


def pause_before(number: int, *, chance: float, asked: float = 0.0) -> timedelta:
    """The wait after attempt `number` (from 1): exponential, jitter by `chance` in [0, 1), at least `asked` s."""
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(number - 1, 20))
    return timedelta(seconds=max(asked, ceiling * chance))


def given_up(*, since: datetime, next_at: datetime) -> bool:
    """Whether the next attempt would come too late."""
    return next_at - since > PATIENCE
