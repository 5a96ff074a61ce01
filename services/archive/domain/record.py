"""The aggregate Record: what follows from each command."""

from collections.abc import Sequence
from datetime import date
from typing import assert_never
from uuid import UUID

from services.archive.domain.commands import (
    BeginSealing,
    CollectCommand,
    CollectMinutes,
    CollectNews,
    HoldRecord,
    OpenRecord,
    RecordCommands,
    ReleaseRecord,
    SealRecord,
)
from services.archive.domain.refusals import RecordIncomplete, RecordNotSealed
from services.archive.domain.state import OPEN, Phase, Record, evolve
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
from shared.kernel import OFFICE_ZONE, NotFound, NotPermitted, Role


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


def retained_until(closed: date, *, years: int) -> date:
    """The last day on which a record is kept: the end of the `years`-th calendar year after the one it was closed in.

    Closed on 3 January 2013 and kept for 10 years, it may be disposed of from 1 January 2024.
    """
    return date(closed.year + years, 12, 31)


def _collect(record: Record, command: CollectCommand) -> Sequence[Fact]:
    """One more piece, and completeness; what comes after the sealing has begun stays out of the package."""
    fact = _piece(record, command)
    known = record.title == command.title if isinstance(command, OpenRecord) else fact in {record.minutes, record.news}
    if known or record.phase not in OPEN:
        return []
    after = evolve(record, fact)
    if after.phase is Phase.COMPLETE or None in (after.title, after.minutes, after.news):
        return [fact]
    seal_at = command.at + command.settle
    return [fact, RecordCompleted(record_id=record.record_id, meeting_id=command.meeting_id, seal_at=seal_at)]


def _piece(record: Record, command: CollectCommand) -> Fact:
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
        case _:
            assert_never(command)


def _begin(record: Record, command: BeginSealing) -> Sequence[Fact]:
    meeting_id = _meeting(record)
    if record.phase in {Phase.SEALING, Phase.SEALED}:
        return []
    if record.phase is not Phase.COMPLETE:
        raise RecordIncomplete
    until = retained_until(command.at.astimezone(OFFICE_ZONE).date(), years=command.retention_years)
    begun = SealingBegun(record_id=record.record_id, meeting_id=meeting_id, sealed_at=command.at, retain_until=until)
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
