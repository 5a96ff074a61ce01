"""The session item by item: when each was treated, and who was in the room, by the rule of registration.

All of it follows from sets of facts: in whichever order they were told, and however often, the result is the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.registration import ItemPresence

IN_THE_ROOM: Final[frozenset[ItemPresence]] = frozenset({"present", "late", "left-early", "partly"})
"""Who was there for some of an item; `absent` and `excused` were not."""
WHOLE_MEETING: Final = UUID(int=0)
"""Stands for all items in a stored correction of the whole meeting."""

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Step(StrEnum):
    """What was said of an item of the agenda; UNDONE takes back what was said before it."""

    STARTED = "started"
    FINISHED = "finished"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStep:
    """One thing that was said of an item; `sequence` is its place among the facts of the meeting."""

    item_id: UUID
    sequence: int
    step: Step
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """When an item was treated; `ended_at` is None where it was not finished: then it lasted as long as the session."""

    started_at: datetime
    ended_at: datetime | None = None

    def until(self, end_of_session: datetime) -> "TreatedItem":
        """The item with its end."""
        return TreatedItem(started_at=self.started_at, ended_at=self.ended_at or end_of_session)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedItem:
    """From when to when an item was treated."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """When somebody came in and went out, and what was said by hand of items and of the whole meeting (None)."""

    entries: tuple[datetime, ...] = ()
    exits: tuple[datetime, ...] = ()
    corrections: Mapping[UUID | None, ItemPresence] = field(default_factory=dict)

    def present_at(self, item_id: UUID, treated: TreatedItem) -> bool:
        """Whether he was in the room for some of an item: what was said by hand of this item counts first."""
        by_hand = self.corrections.get(item_id)
        if by_hand is not None:
            return by_hand in IN_THE_ROOM
        if not self.exits:
            return any(at <= treated.started_at or at < treated.ended_at for at in self.entries)
        return self._moved_within(treated)

    def _moved_within(self, treated: TreatedItem) -> bool:
        """In when the item began, in when it ended, or in between; who goes out as he comes in is out."""
        start, end = treated.started_at, treated.ended_at
        came_before, left_before = _last(self.entries, start), _last(self.exits, start)
        came_until, left_until = _last_before(self.entries, end), _last_before(self.exits, end)
        return came_before > left_before or came_until > left_until or came_until > start

    def was_there(self, items: Iterable[UUID], *, checked_in: bool) -> bool:
        """Whether he took part at all: who was scanned did, unless it was said of all `items` that he was not there."""
        if not self.corrections:
            return checked_in
        said = [self.corrections.get(item_id) for item_id in items]
        if any(presence in IN_THE_ROOM for presence in said):
            return True
        return checked_in and not (said and all(said))


def _last(moments: Sequence[datetime], until: datetime) -> datetime:
    return max((at for at in moments if at <= until), default=_LONG_AGO)


def _last_before(moments: Sequence[datetime], end: datetime) -> datetime:
    return max((at for at in moments if at < end), default=_LONG_AGO)


def item_times(steps: Iterable[ItemStep]) -> dict[UUID, ItemTime]:
    """When each item was treated: the earliest start counts, and the end that was not followed by a return to it."""
    known: dict[UUID, dict[int, ItemStep]] = defaultdict(dict)
    for step in steps:
        known[step.item_id][step.sequence] = step
    times = {item_id: _item_time(_valid(said)) for item_id, said in known.items()}
    return {item_id: time for item_id, time in times.items() if time is not None}


def _valid(said: Mapping[int, ItemStep]) -> list[ItemStep]:
    """The steps of one item that were not taken back, in their order."""
    valid: list[ItemStep] = []
    for _, step in sorted(said.items()):
        if step.step is not Step.UNDONE:
            valid.append(step)
        elif valid:
            valid.pop()
    return valid


def _item_time(steps: Sequence[ItemStep]) -> ItemTime | None:
    starts = [step.at for step in steps if step.step is Step.STARTED]
    if not starts:
        return None
    return ItemTime(started_at=min(starts), ended_at=steps[-1].at if steps[-1].step is Step.FINISHED else None)
