"""How far a relay has read its outbox for good, and so where the next read may begin.

Numbers are given before transactions commit: 50 may become visible after 60. A read that always began behind the last
number seen would pass 50 by, and with it the order of its aggregate, whose 70 is seen next. So a number is passed only
when every transaction that was running as it was read has ended: whatever is visible then below it, the same read has
found. An open transaction somewhere delays nothing but this; the rows behind it are carried all the same.

`coming` is the number that the next transaction will get (the oldest one's number and its age). A snapshot's own xmax
is less: one above the last that has *ended*, and so at or below transactions that are still running.
"""

from collections import deque
from collections.abc import Sequence

import asyncpg

READ = """
SELECT id, topic, key, headers, payload,
       (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS running,
       (SELECT oldest::text::bigint + age(oldest::xid)
        FROM pg_snapshot_xmin(pg_current_snapshot()) AS oldest) AS coming
FROM outbox o
WHERE id > $1
  AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS parked(topic, key)
                  WHERE parked.topic = o.topic AND parked.key = o.key)
ORDER BY id LIMIT $2
"""


class Horizon:
    """`hint` is the number up to which nothing more can appear; it begins at 0, where everything is read."""

    def __init__(self) -> None:
        self.hint = 0
        self._read: deque[tuple[int, int]] = deque()  # (first transaction that was not yet running, last number read)

    def advance(self, rows: Sequence[asyncpg.Record], *, limit: int) -> None:
        """Note a read of `READ` with at least one row; `limit` says whether there may be more behind the last one."""
        last = rows[-1]
        reached = last["id"] if len(rows) == limit else None
        while self._read and self._read[0][0] <= last["running"]:
            _, number = self._read.popleft()
            self.hint = max(self.hint, number if reached is None else min(number, reached))
        self._read.append((last["coming"], last["id"]))
