"""When an item of the agenda was treated."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST_EARLIER: Final = 50
"""How many steps of one item can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """When an item of the agenda was treated; until now, or until the end of the session, where it is not finished.

    `earlier` is what was known before each step that followed the first start, the oldest first.
    """

    started_at: datetime
    finished_at: datetime | None = None
    earlier: tuple["ItemTime", ...] = ()

    def started(self, at: datetime) -> "ItemTime":
        """The meeting has returned to it; the first start counts."""
        return ItemTime(started_at=min(self.started_at, at), earlier=self._so_far())

    def finished(self, at: datetime) -> "ItemTime":
        """It is done."""
        return ItemTime(started_at=self.started_at, finished_at=at, earlier=self._so_far())

    def undone(self) -> "ItemTime | None":
        """As it was before the last step; None where that was its first start."""
        if self.earlier:
            before = self.earlier[-1]
            return ItemTime(started_at=before.started_at, finished_at=before.finished_at, earlier=self.earlier[:-1])
        # The version before this one did not store what was known earlier.
        return ItemTime(started_at=self.started_at) if self.finished_at else None

    def _so_far(self) -> tuple["ItemTime", ...]:
        known = ItemTime(started_at=self.started_at, finished_at=self.finished_at)
        return (*self.earlier, known)[-MOST_EARLIER:]
