"""What a record is decided on, and how each fact changes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.archive import (
    MinutesCollected,
    NewsCollected,
    RecordCompleted,
    RecordHeld,
    RecordOpened,
    RecordReleased,
    RecordSealed,
    SealingBegun,
)
from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id


class Phase(StrEnum):
    """How far a record has come."""

    ABSENT = "absent"
    COLLECTING = "collecting"
    COMPLETE = "complete"  # all parts are there; sealing waits for late facts
    SEALING = "sealing"  # nothing is added any more
    SEALED = "sealed"


OPEN = (Phase.ABSENT, Phase.COLLECTING, Phase.COMPLETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands; `title` is None until its meeting is known, `held` is the reason of a legal hold."""

    record_id: UUID
    meeting_id: UUID | None = None
    version: int = 0
    phase: Phase = Phase.ABSENT
    title: Bilingual | None = None
    organiser: str | None = None
    minutes: MinutesCollected | None = None
    news: NewsCollected | None = None
    sealed_at: datetime | None = None
    retain_until: date | None = None
    held: str | None = None


def record_id_of(meeting_id: UUID) -> UUID:
    """The identifier of a meeting's record."""
    return derived_id("record", meeting_id)


def record_name(record_id: UUID) -> str:
    """The name of a record's package: its folder, its file, and its entry in the log."""
    return f"record-{record_id}"


CHANGES: Final[Mapping[type[Fact], Callable[[Any], Mapping[str, Any]]]] = {
    RecordOpened: lambda fact: {"title": fact.title, "organiser": fact.organiser},
    MinutesCollected: lambda fact: {"minutes": fact},
    NewsCollected: lambda fact: {"news": fact},
    RecordCompleted: lambda _: {"phase": Phase.COMPLETE},
    SealingBegun: lambda fact: {
        "phase": Phase.SEALING,
        "sealed_at": fact.sealed_at,
        "retain_until": fact.retain_until,
    },
    RecordSealed: lambda _: {"phase": Phase.SEALED},
    RecordHeld: lambda fact: {"held": fact.reason},
    RecordReleased: lambda _: {"held": None},
}
"""Kind of fact → the members of the record that it changes."""

_FIRST = (RecordOpened, MinutesCollected, NewsCollected)
"""Whichever of them comes first begins the record."""


def evolve(record: Record, fact: Fact) -> Record:
    """The record after `fact`."""
    if isinstance(fact, _FIRST) and record.phase is Phase.ABSENT:
        record = replace(record, phase=Phase.COLLECTING, meeting_id=fact.meeting_id)
    changes = CHANGES.get(type(fact))
    return replace(record, **(changes(fact) if changes else {}), version=record.version + 1)
