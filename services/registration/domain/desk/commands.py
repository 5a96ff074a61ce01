"""What desks and secretaries ask of a meeting beside a scan."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.registration.domain.commands import CheckIn, MeetingCommand, OrganiserCommand
from shared.contracts.registration import AgendaItemStep, ItemPresence, PersonRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitWalkIn(CheckIn):
    """Let in somebody who has not registered: `registration_id` is the registration that he gets, with `code`."""

    person: PersonRecorded = field(repr=False)
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockParticipant(OrganiserCommand):
    """Let somebody in no more."""

    registration_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockParticipant(OrganiserCommand):
    """Let somebody in again."""

    registration_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAgendaItem(MeetingCommand):
    """An item of the agenda begins."""

    item_id: UUID
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishAgendaItem(MeetingCommand):
    """An item of the agenda is done."""

    item_id: UUID
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAgendaItem(MeetingCommand):
    """Take back what was said last of an item, where it is `step`."""

    item_id: UUID
    step: AgendaItemStep
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAttendance(MeetingCommand):
    """Say how somebody was there at an item, or at the whole meeting (None)."""

    registration_id: UUID
    item_id: UUID | None
    presence: ItemPresence
    reason: str
