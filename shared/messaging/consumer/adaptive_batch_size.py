"""How much a consumer takes in one transaction: so much that it ends within a quarter of a second or so.

A long transaction holds its locks, is lost as a whole when something breaks, and lets its group wait for it at every
rebalance. How long an event takes depends on the handler, the database and the machine, so it is learnt as it goes.
"""

from typing import Final

LONG: Final = 0.25  # seconds


class AdaptiveBatchSize:
    """`size` is the number of records that the next transaction should have, `most` the largest."""

    def __init__(self, most: int) -> None:
        self.size = most
        self._most = most

    def note(self, count: int, seconds: float) -> None:
        """A transaction of `count` records has taken so long, whether it ended well or not."""
        if seconds > LONG:
            self.size = max(1, int(count * LONG / seconds))
        elif seconds < LONG / 2:
            self.size = min(self._most, self.size * 2)
