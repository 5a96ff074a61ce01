"""Finds the outbox number up to which no more rows can appear, so that the next read may begin there.

Row numbers are assigned before their transaction commits, so 50 may become visible after 60. A read that always began
after the highest number seen would miss 50 and break the order of its aggregate, whose row 70 is seen next. So a number
is passed only when every transaction that was running when it was read has ended: all lower rows are visible then, and
the same read has found them. A long transaction delays only the horizon; rows behind it are published all the same.

`coming` is the id that the next transaction will get (the oldest one's id plus its age). The xmax of a snapshot is not
enough: it is one above the last transaction that has *ended*, so transactions at or above it may be running.
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
    """`hint` is the row number up to which no more rows can appear; it begins at 0, so that all rows are read."""

    def __init__(self) -> None:
        self.hint = 0
        self._read: deque[tuple[int, int]] = deque()  # (first transaction that was not yet running, last number read)

    def advance(self, rows: Sequence[asyncpg.Record], *, limit: int) -> None:
        """Use the result of `READ`, at least one row; if it has `limit` rows there may be more after the last one."""
        last = rows[-1]
        reached = last["id"] if len(rows) == limit else None
        while self._read and self._read[0][0] <= last["running"]:
            _, number = self._read.popleft()
            self.hint = max(self.hint, number if reached is None else min(number, reached))
        self._read.append((last["coming"], last["id"]))
