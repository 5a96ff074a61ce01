"""The aggregate Record: one for each meeting, collected from what is published, sealed once, held when the law says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from services.archive.domain.package import MINUTES_JSON, MINUTES_PDF, NEWS_JSON, RecordCard
from services.archive.domain.refusals import RecordIncomplete, RecordNotSealed
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
from shared.contracts.minutes import DocumentReference
from shared.kernel import Command, NotFound, NotPermitted, Role

KIND = "meeting"
VIENTIANE = ZoneInfo("Asia/Vientiane")


class Phase(StrEnum):
    """How far a record has come."""

    ABSENT = "absent"
    COLLECTING = "collecting"
    COMPLETE = "complete"  # everything is there; late facts are waited for
    SEALING = "sealing"  # nothing is added any more
    SEALED = "sealed"


OPEN = (Phase.ABSENT, Phase.COLLECTING, Phase.COMPLETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands; `title` is known once its meeting was heard of, `held` is why a legal hold lies on it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(Command):
    """Something of a meeting was heard; a record that becomes complete by it is sealed `settle` later."""

    meeting_id: UUID
    settle: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecord(Collect):
    """A meeting is being prepared."""

    title: Bilingual
    organiser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectMinutes(Collect):
    """The minutes are published."""

    number: str
    document: DocumentReference
    content: DocumentReference
    render_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectNews(Collect):
    """The news item is published."""

    document: DocumentReference


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSealing(Command):
    """Close a complete record; it is kept for `retention_years` whole calendar years after the year it was closed."""

    retention_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRecord(Command):
    """The answer of the sealing job: the package is in the log and in the store."""

    package_sha256: str
    package_size: int
    facts: int
    log_index: int
    log_size: int
    log_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRecord(Command):
    """Nobody may dispose of it until it is released."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord(Command):
    """Lift the hold."""

    reason: str


RecordCommands: TypeAlias = (
    OpenRecord | CollectMinutes | CollectNews | BeginSealing | SealRecord | HoldRecord | ReleaseRecord
)


def record_id_of(meeting_id: UUID) -> UUID:
    """The identifier of a meeting's record."""
    return derived_id("record", meeting_id)


def record_name(record_id: UUID) -> str:
    """The name of a record's package: its folder, its file, and its entry in the log."""
    return f"record-{record_id}"


def decide(record: Record, command: RecordCommands) -> Sequence[Fact]:
    """The facts that follow from `command`; none where nothing changes."""
    match command:
        case OpenRecord() | CollectMinutes() | CollectNews():
            return _collect(record, command)
        case BeginSealing():
            return _begin(record, command)
        case SealRecord():
            return _seal(record, command)
        case HoldRecord() | ReleaseRecord():
            return _hold(record, command)
        case _:
            assert_never(command)


def evolve(record: Record, fact: Fact) -> Record:
    """The record after `fact`."""
    record = replace(record, version=record.version + 1)
    match fact:
        case RecordOpened():
            return replace(_collecting(record, fact), title=fact.title, organiser=fact.organiser)
        case MinutesCollected():
            return replace(_collecting(record, fact), minutes=fact)
        case NewsCollected():
            return replace(_collecting(record, fact), news=fact)
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


def documents(record: Record) -> Mapping[str, DocumentReference]:
    """What belongs into the package, by the name it has there; `RecordIncomplete` while something is missing."""
    if record.minutes is None or record.news is None:
        raise RecordIncomplete
    return {
        MINUTES_PDF: record.minutes.document,
        MINUTES_JSON: record.minutes.content,
        NEWS_JSON: record.news.document,
    }


def card(record: Record) -> RecordCard:
    """What the package says of itself; the same in every attempt. `RecordIncomplete` before the sealing has begun."""
    if record.minutes is None or record.title is None or record.sealed_at is None or record.retain_until is None:
        raise RecordIncomplete
    rendered = record.minutes.render_sha256
    return RecordCard(
        record=record_name(record.record_id),
        kind=KIND,
        title=record.title.model_dump(exclude_none=True),
        sealed_at=record.sealed_at,
        about={
            "meeting": str(record.meeting_id),
            "number": record.minutes.number,
            "issuer": record.organiser,
            "retain_until": record.retain_until.isoformat(),
        },
        renders={MINUTES_PDF: rendered} if rendered else {},
    )


def retained_until(closed: date, *, years: int) -> date:
    """The last day on which a record is kept: the end of the `years`-th calendar year after the one it was closed in.

    Closed on 3 January 2013 and kept for 10 years, it may be disposed of from 1 January 2024.
    """
    return date(closed.year + years, 12, 31)


def _collect(record: Record, command: OpenRecord | CollectMinutes | CollectNews) -> Sequence[Fact]:
    """One more piece, and completeness; what comes after the sealing has begun stays out of the package."""
    fact = _piece(record, command)
    if record.phase not in OPEN or fact in (record.minutes, record.news) or _is_open(record, fact):
        return []
    after = evolve(record, fact)
    if after.phase is Phase.COMPLETE or None in (after.title, after.minutes, after.news):
        return [fact]
    seal_at = command.at + command.settle
    return [fact, RecordCompleted(record_id=record.record_id, meeting_id=command.meeting_id, seal_at=seal_at)]


def _piece(record: Record, command: OpenRecord | CollectMinutes | CollectNews) -> Fact:
    names = {"record_id": record.record_id, "meeting_id": command.meeting_id}
    match command:
        case OpenRecord():
            return RecordOpened(**names, title=command.title, organiser=command.organiser)
        case CollectMinutes():
            return MinutesCollected(
                **names,
                number=command.number,
                document=command.document,
                content=command.content,
                render_sha256=command.render_sha256,
            )
        case CollectNews():
            return NewsCollected(**names, document=command.document)


def _is_open(record: Record, fact: Fact) -> bool:
    return isinstance(fact, RecordOpened) and record.title is not None


def _collecting(record: Record, fact: RecordOpened | MinutesCollected | NewsCollected) -> Record:
    phase = Phase.COLLECTING if record.phase is Phase.ABSENT else record.phase
    return replace(record, phase=phase, meeting_id=fact.meeting_id)


def _begin(record: Record, command: BeginSealing) -> Sequence[Fact]:
    meeting_id = _meeting(record)
    if record.phase in {Phase.SEALING, Phase.SEALED}:
        return []
    if record.phase is not Phase.COMPLETE:
        raise RecordIncomplete
    until = retained_until(command.at.astimezone(VIENTIANE).date(), years=command.retention_years)
    begun = SealingBegun(
        record_id=record.record_id, meeting_id=meeting_id, sealed_at=command.at, retain_until=until
    )
    return [begun]


def _seal(record: Record, command: SealRecord) -> Sequence[Fact]:
    meeting_id = _meeting(record)
    if record.phase is Phase.SEALED:
        return []
    if record.phase is not Phase.SEALING or record.sealed_at is None:
        raise RecordIncomplete
    sealed = RecordSealed(
        record_id=record.record_id,
        meeting_id=meeting_id,
        package_sha256=command.package_sha256,
        package_size=command.package_size,
        facts=command.facts,
        log_index=command.log_index,
        log_size=command.log_size,
        log_root=command.log_root,
        sealed_at=record.sealed_at,
    )
    return [sealed]


def _hold(record: Record, command: HoldRecord | ReleaseRecord) -> Sequence[Fact]:
    if Role.ARCHIVIST not in command.actor.roles:
        raise NotPermitted
    meeting_id = _meeting(record)
    if record.phase is not Phase.SEALED:
        raise RecordNotSealed
    match command:
        case HoldRecord() if record.held is None:
            return [RecordHeld(record_id=record.record_id, meeting_id=meeting_id, reason=command.reason)]
        case ReleaseRecord() if record.held is not None:
            return [RecordReleased(record_id=record.record_id, meeting_id=meeting_id, reason=command.reason)]
        case _:
            return []


def _meeting(record: Record) -> UUID:
    if record.meeting_id is None:
        raise NotFound
    return record.meeting_id
