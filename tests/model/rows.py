"""The rows of the PostgreSQL model: versions, row locks and transactions at READ COMMITTED.

A statement sees what is committed when it runs, and its own transaction's changes. Whoever meets a row in the hands of
another transaction waits for its end and then looks again. Numbers (identities, transaction ids) are given at once and
never taken back. What waits for itself in a circle is a deadlock, and the one who closes the circle fails.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import asyncpg

Mode = Literal["share", "exclusive"]
Values = Mapping[str, Any]


@dataclass(eq=False, slots=True)
class Row:
    """One row: what is committed, and what one transaction has made of it since."""

    committed: Values | None = None
    pending: Values | None = None
    writer: "Transaction | None" = None
    locks: "dict[Transaction, Mode]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Table:
    """Rows in the order of their insertion; `unique` are the columns of which no two rows may have the same."""

    name: str
    unique: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))


class Transaction:
    """What one session does between BEGIN and COMMIT; `started` is its `now()`."""

    def __init__(self, space: "Space", *, started: Any) -> None:
        self.started = started
        self.failed = False
        self.xid: int | None = None
        self._space = space
        self._undo: list[Callable[[], None]] = []
        self._marks: list[int] = []
        self._written: dict[Row, Table] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self.blocked_by: set[Transaction] = set()

    def seen(self, row: Row) -> Values | None:
        """The row as this transaction sees it now; None where it is not there."""
        return row.pending if row.writer is self else row.committed

    def scan(self, table: str) -> Iterator[tuple[Row, Values]]:
        """All rows that are visible now, oldest first."""
        for row in list(self._space.tables[table].rows):
            values = self.seen(row)
            if values is not None:
                yield row, values

    async def lock(self, row: Row, mode: Mode = "exclusive") -> Values | None:
        """Lock a row, however long that takes; returns it as it is then, None where it has gone."""
        while rivals := self._rivals(row, mode):
            await self._wait(rivals)
        if row.locks.get(self) != "exclusive":
            before = row.locks.get(self)
            self._number()
            row.locks[self] = mode
            self._undo.append(lambda: _relock(row, self, before))
        return self.seen(row)

    def lockable(self, row: Row, mode: Mode = "exclusive") -> bool:
        """Whether `lock` would not have to wait (SKIP LOCKED)."""
        return not self._rivals(row, mode)

    async def insert(self, table: str, values: Values) -> Row | None:
        """Insert; None where a row with the same unique columns is there, waiting for whoever is about to say so."""
        target = self._space.tables[table]
        while clash := self._clash(target, values):
            if clash.writer in (None, self):
                return None
            assert clash.writer is not None
            await self._wait({clash.writer})
        row = Row()
        target.rows.append(row)
        await self.lock(row)
        self.write(table, row, values)
        return row

    def write(self, table: str, row: Row, values: Values | None) -> None:
        """Change a row that is locked; None deletes it."""
        before = (row.pending, row.writer)
        self._number()
        row.pending, row.writer = values, self
        self._written[row] = self._space.tables[table]
        self._undo.append(lambda: _restore(row, *before))

    def savepoint(self) -> None:
        """A mark to roll back to."""
        self._marks.append(len(self._undo))

    def release(self) -> None:
        """Forget the last mark."""
        self._marks.pop()

    def rollback_to_savepoint(self) -> None:
        """Go back to the last mark, and forget it."""
        self._undo_to(self._marks.pop())
        self.failed = False

    def fail(self) -> None:
        """An error undoes everything since the last mark at once, locks too; the rest waits for the client's word."""
        self._undo_to(self._marks[-1] if self._marks else 0)
        if not self._marks and self.xid is not None:
            self._space.ended(self.xid)
            self.xid = None
        self.failed = True

    def _undo_to(self, mark: int) -> None:
        while len(self._undo) > mark:
            self._undo.pop()()
        self._wake()

    def end(self, *, commit: bool) -> None:
        """Make all of it seen, or none."""
        if not commit:
            self._undo_to(0)
        for row, table in self._written.items():
            if row.writer is self:
                row.committed, row.pending, row.writer = row.pending, None, None
            if row.committed is None and row in table.rows:
                table.rows.remove(row)
            row.locks.pop(self, None)
        for table in self._space.tables.values():
            for row in table.rows:
                row.locks.pop(self, None)
        if self.xid is not None:
            self._space.ended(self.xid)
        self._space.free(self)
        self._wake()

    def _rivals(self, row: Row, mode: Mode) -> "set[Transaction]":
        return {other for other, held in row.locks.items() if other is not self and "exclusive" in (held, mode)}

    def _clash(self, table: Table, values: Values) -> Row | None:
        if not table.unique:
            return None
        wanted = [values[name] for name in table.unique]
        for row in table.rows:
            for version in (row.committed, row.pending):
                mine = row.writer is self and version is not row.pending
                if version is not None and not mine and [version[name] for name in table.unique] == wanted:
                    return row
        return None

    def _number(self) -> None:
        if self.xid is None:
            self.xid = self._space.begun()

    async def _wait(self, others: "set[Transaction]") -> None:
        if any(self in other.awaited() for other in others):
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.blocked_by = others
        for other in others:
            other._waiting.append(future)  # noqa: SLF001 -- of the same class
        try:
            await future
        finally:
            self.blocked_by = set()

    def awaited(self) -> "set[Transaction]":
        """All transactions whose end this one waits for, in the end; itself among them would be a deadlock."""
        found: set[Transaction] = set()
        todo = [self]
        while todo:
            one = todo.pop()
            todo += [other for other in one.blocked_by if other not in found]
            found |= one.blocked_by
        return found

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


class Space:
    """One database: its tables, its transaction ids, its advisory locks (`holder` by key)."""

    def __init__(self, *tables: Table) -> None:
        self.tables = {table.name: table for table in tables}
        self.advisory: dict[tuple[int, ...], object] = {}
        self._next_xid = 1
        self._last_ended = 0
        self._running: set[int] = set()

    def free(self, holder: object) -> None:
        """Release the advisory locks of a session or a transaction."""
        for key in [key for key, one in self.advisory.items() if one is holder]:
            del self.advisory[key]

    def begun(self) -> int:
        """Give the next transaction id."""
        xid, self._next_xid = self._next_xid, self._next_xid + 1
        self._running.add(xid)
        return xid

    def ended(self, xid: int) -> None:
        """Note that a transaction is over."""
        self._running.discard(xid)
        self._last_ended = max(self._last_ended, xid)

    @property
    def xmin(self) -> int:
        """`pg_snapshot_xmin`: every lower number has ended."""
        return min({*self._running, self.xmax})

    @property
    def xmax(self) -> int:
        """`pg_snapshot_xmax`: one above the last that has ended; a running one may be at or above it."""
        return self._last_ended + 1

    @property
    def next_xid(self) -> int:
        """The number that the next transaction will get."""
        return self._next_xid

    def committed(self, table: str) -> list[Values]:
        """The rows as the world sees them."""
        return [row.committed for row in self.tables[table].rows if row.committed is not None]


def _restore(row: Row, pending: Values | None, writer: Transaction | None) -> None:
    row.pending, row.writer = pending, writer


def _relock(row: Row, owner: Transaction, before: Mode | None) -> None:
    if before is None:
        row.locks.pop(owner, None)
    else:
        row.locks[owner] = before
