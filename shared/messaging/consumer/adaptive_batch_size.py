"""Adapts the number of records in one transaction, so that each transaction ends within about a quarter of a second.

A long transaction holds its locks, is lost as a whole when something fails, and delays every rebalance of its group.
The time of an event depends on the handler, the database and the machine, so the size follows what was measured.
"""

from typing import Final

LONG: Final = 0.25  # seconds


class AdaptiveBatchSize:
    """`size` is the number of records that the next transaction should have; it is at most `most`."""

    def __init__(self, most: int) -> None:
        self.size = most
        self._most = most

    def note(self, count: int, seconds: float) -> None:
        """Adapt `size` to a transaction that had `count` records and took `seconds`, whether it committed or not."""
        if seconds > LONG:
            self.size = max(1, int(count * LONG / seconds))
        elif seconds < LONG / 2:
            self.size = min(self._most, self.size * 2)
