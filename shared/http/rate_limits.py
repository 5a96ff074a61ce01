"""Rate limits by key (address, link, contact), and a growing delay after wrong codes.

The counters are in the memory of one process: n processes allow n times as much, and a restart clears them. Exact
limits count rows in PostgreSQL instead (messages to one number: `services/notification/effects/suppressing.py`).
Memory is bounded: a limit keeps at most `CAPACITY` keys and drops the one that was used longest ago.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from shared.kernel import NotFound, NotPermitted, Refusal
from shared.observability.metrics import RATE_LIMITED

CAPACITY: Final = 50_000  # keys per limit: about 15 MB


class TooManyRequests(Refusal):
    """The limit named `limit` is exceeded; the client may try again in `retry_after` seconds."""

    status = 429
    lao = "ມີຄຳຂໍຫຼາຍເກີນກຳນົດ. ກະລຸນາລໍຖ້າ ແລ້ວລອງໃໝ່"
    english = "Too many requests; wait as long as Retry-After says, then try again."


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` requests may come at once; after that, `count` more are allowed evenly over `seconds`."""

    count: int
    seconds: float


class RateLimit:
    """Limits each key to a rate: the generic cell rate algorithm (ITU-T I.371), which stores one number per key."""

    def __init__(
        self, name: str, rate: Rate, *, clock: Callable[[], float] = time.monotonic, capacity: int = CAPACITY
    ) -> None:
        self.name = name
        self._interval = rate.seconds / rate.count
        self._burst = rate.seconds - self._interval * 0.999  # seconds that the theoretical arrival may be ahead of now
        self._clock = clock
        self._capacity = capacity
        self._refused = RATE_LIMITED.labels(name)
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        """Key → theoretical arrival time of its next request; the most recently used key is last."""

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._due)

    def check(self, key: Hashable) -> None:
        """Raise `TooManyRequests` if one more request would exceed the limit; counts nothing."""
        if key in self._due:
            self._admit(self._due[key] - self._clock())

    def take(self, key: Hashable) -> None:
        """Count one request, or raise `TooManyRequests` and count nothing if it exceeds the limit."""
        now = self._clock()
        due = self._due.get(key, now)
        self._admit(due - now)
        self._count(key, due, now)

    def note(self, key: Hashable) -> None:
        """Count one request that has already happened; raises nothing."""
        now = self._clock()
        self._count(key, self._due.get(key, now), now)

    def _admit(self, owed: float) -> None:
        wait = owed - self._burst
        if wait > 0:
            self._refused.inc()
            raise TooManyRequests(limit=self.name, retry_after=math.ceil(wait))

    def _count(self, key: Hashable, due: float, now: float) -> None:
        known = self._due
        known[key] = max(now, due) + self._interval
        known.move_to_end(key)
        oldest = next(iter(known))
        if known[oldest] <= now or len(known) > self._capacity:  # it no longer limits anything, or there are too many
            del known[oldest]


@dataclass(slots=True)
class _Guesses:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Lockout:
    """Delays a key after wrong codes: after `free` wrong ones by 1 second, then twice as long each, up to `longest`.

    Wrong codes are forgotten after an hour without one.
    """

    FIRST: Final = 1.0  # seconds
    FORGOTTEN: Final = 3_600.0  # seconds

    def __init__(
        self,
        name: str,
        *,
        free: int,
        longest: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
        capacity: int = CAPACITY,
    ) -> None:
        self.name = name
        self._free, self._longest = free, longest
        self._clock, self._capacity = clock, capacity
        self._refused = RATE_LIMITED.labels(name)
        self._known: OrderedDict[Hashable, _Guesses] = OrderedDict()

    @contextmanager
    def guess(self, key: Hashable) -> Iterator[None]:
        """Context for an action that needs a code; `NotPermitted` or `NotFound` inside it mean a wrong code.

        The guess counts as wrong from the beginning until it is known to be right, so that many guesses at the same
        moment are not all free. Raises `TooManyRequests`, before the action, while the key is delayed.
        """
        self.check(key)
        self.wrong(key)
        try:
            yield
        except (NotPermitted, NotFound):
            raise
        except BaseException:
            self._forgive(key)
            raise
        self._forgive(key)

    @contextmanager
    def watch(self, key: Hashable) -> Iterator[None]:
        """As `guess`, but a wrong code counts only afterwards: for keys that many people use at the same time."""
        self.check(key)
        try:
            yield
        except (NotPermitted, NotFound):
            self.wrong(key)
            raise

    def check(self, key: Hashable) -> None:
        """Raise `TooManyRequests` while the key is delayed."""
        known = self._known.get(key)
        wait = known.until - self._clock() if known else 0.0
        if wait > 0:
            self._refused.inc()
            raise TooManyRequests(limit=self.name, retry_after=math.ceil(wait))

    def wrong(self, key: Hashable) -> None:
        """Count one wrong code, and delay the key if there were too many."""
        now = self._clock()
        known = self._known.pop(key, None)
        if known is None or now - known.last > max(self.FORGOTTEN, self._longest):
            known = _Guesses()
        self._known[key] = known
        known.wrong, known.last = known.wrong + 1, now
        if known.wrong >= self._free:
            known.until = now + min(self._longest, self.FIRST * 2 ** min(known.wrong - self._free, 30))
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def _forgive(self, key: Hashable) -> None:
        known = self._known.get(key)
        if known is not None:
            known.wrong, known.until = known.wrong - 1, 0.0
