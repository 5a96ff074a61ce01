"""The clock of a consumer: what it takes once it is under way."""

import time

from tests.performance.figures import Round


class Meter:
    """Counts events; its clock runs from the end of the first batch: joining a group is not throughput."""

    def __init__(self, total: int) -> None:
        self.count = 0
        self._total = total
        self._first: tuple[float, float, int] | None = None
        self.round: Round | None = None

    def committed(self) -> None:
        """A transaction has ended."""
        now, cpu = time.perf_counter(), time.process_time()
        if self._first is None and self.count:
            self._first = (now, cpu, self.count)
        elif self._first and self.count == self._total and self.round is None:
            started, before, count = self._first
            taken = self._total - count
            self.round = Round(rate=taken / (now - started), cpu_us=(cpu - before) / taken * 1e6)
