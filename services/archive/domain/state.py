"""What a record is decided on, and how each fact changes it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never
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


def evolve(record: Record, fact: Fact) -> Record:
    """The record after `fact`."""
    record = replace(record, version=record.version + 1)
    match fact:
        case RecordOpened() | MinutesCollected() | NewsCollected():
            return _collected(record, fact)
        case RecordCompleted():
            return replace(record, phase=Phase.COMPLETE)
        case SealingBegun():
            return replace(record, phase=Phase.SEALING, sealed_at=fact.sealed_at, retain_until=fact.retain_until)
        case RecordSealed():
            return replace(record, phase=Phase.SEALED)
        case RecordHeld() | RecordReleased():
            return replace(record, held=fact.reason if isinstance(fact, RecordHeld) else None)
        case _:
            return record


def _collected(record: Record, fact: RecordOpened | MinutesCollected | NewsCollected) -> Record:
    phase = Phase.COLLECTING if record.phase is Phase.ABSENT else record.phase
    record = replace(record, phase=phase, meeting_id=fact.meeting_id)
    match fact:
        case RecordOpened():
            return replace(record, title=fact.title, organiser=fact.organiser)
        case MinutesCollected():
            return replace(record, minutes=fact)
        case NewsCollected():
            return replace(record, news=fact)
        case _:
            assert_never(fact)
