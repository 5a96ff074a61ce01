"""Rate limits: how often an address, a link or a contact may ask, and how long to wait after a wrong code.

Everything here is in the memory of one process: n processes allow n times as much, and a restart forgets. What must be
exact counts rows in PostgreSQL instead (the messages to one number: `services/notification/effects/suppressing.py`).
Memory is bounded: of `CAPACITY` keys that which was asked for longest ago is forgotten first.
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

CAPACITY: Final = 50_000  # keys of one limit: about 15 MB


class TooManyRequests(Refusal):
    """More than the limit named `limit` allows; `retry_after` says in how many seconds to ask again."""

    status = 429
    lao = "ມີຄຳຂໍຫຼາຍເກີນກຳນົດ. ກະລຸນາລໍຖ້າ ແລ້ວລອງໃໝ່"
    english = "Too many requests; wait as long as Retry-After says, then try again."


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` at once, and as many again spread evenly over `seconds`."""

    count: int
    seconds: float


class RateLimit:
    """One rate for each key: the generic cell rate algorithm (ITU-T I.371), one number a key."""

    def __init__(
        self, name: str, rate: Rate, *, clock: Callable[[], float] = time.monotonic, capacity: int = CAPACITY
    ) -> None:
        self.name = name
        self._interval = rate.seconds / rate.count
        self._burst = rate.seconds - self._interval * 0.999  # what may be owed before one more is asked for
        self._clock = clock
        self._capacity = capacity
        self._refused = RATE_LIMITED.labels(name)
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        """Until when the requests of a key are spoken for; the key that was taken last stands last."""

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._due)

    def check(self, key: Hashable) -> None:
        """Count nothing. Raises `TooManyRequests` where one more would be too many."""
        if key in self._due:
            self._admit(self._due[key] - self._clock())

    def take(self, key: Hashable) -> None:
        """Count one. Raises `TooManyRequests`, and counts nothing, where it is one too many."""
        now = self._clock()
        due = self._due.get(key, now)
        self._admit(due - now)
        self._count(key, due, now)

    def note(self, key: Hashable) -> None:
        """Count one that has happened."""
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
        if known[oldest] <= now or len(known) > self._capacity:  # its requests are long past, or there are too many
            del known[oldest]


@dataclass(slots=True)
class _Guesses:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Lockout:
    """Who says wrong codes waits: after `free` of them, 1 second, then twice as long each time, up to `longest`.

    An hour without a wrong code forgets them.
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
        """Around an act that a code allows; `NotPermitted` and `NotFound` mean that the guess was wrong.

        It counts as wrong until it has turned out right, so that many at the same moment are not all free. Raises
        `TooManyRequests`, and lets nothing happen, while the key has to wait.
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
        """As `guess`, but counted afterwards: for a key that many people share, whose right codes are many at once."""
        self.check(key)
        try:
            yield
        except (NotPermitted, NotFound):
            self.wrong(key)
            raise

    def check(self, key: Hashable) -> None:
        """Raises `TooManyRequests` while the key has to wait."""
        known = self._known.get(key)
        wait = known.until - self._clock() if known else 0.0
        if wait > 0:
            self._refused.inc()
            raise TooManyRequests(limit=self.name, retry_after=math.ceil(wait))

    def wrong(self, key: Hashable) -> None:
        """One wrong guess."""
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
