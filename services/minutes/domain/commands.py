"""The commands of minutes; identifiers and the time are members of the command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from services.minutes.domain.draft import Draft, Section
from shared.contracts.minutes import DocumentReference, Position
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMinutes(Command):
    """Start the minutes of a meeting that was announced."""

    meeting_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOpinion(Command):
    """Write down what a body has said, to an item of the agenda or (None) to the meeting as a whole."""

    opinion_id: UUID
    organisation: str
    agenda_item: str | None
    position: Position
    text: str
    text_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDecision(Command):
    """Write down what the meeting has decided."""

    decision_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAction(Command):
    """Write down who has to do what until when."""

    action_id: UUID
    organisation: str
    text: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMinutes(Command):
    """Draft from what happened, for the first time or again; what people have written stays."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCommand(Command):
    """A step of existing minutes; `expected_revision`: the texts the caller has read (If-Match), None for any."""

    expected_revision: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseMinutes(StepCommand):
    """Write sections oneself; None gives a section back to the draft."""

    edits: Mapping[Section, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitMinutes(StepCommand):
    """Give the minutes to the chair for review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMinutes(StepCommand):
    """Send them back for correction."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveMinutes(StepCommand):
    """Approve the text as it stands; a number is allocated and the signing begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishMinutes(StepCommand):
    """Publish the signed minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignMinutes(Command):
    """The answer of the signing job: what was signed and where it stands."""

    document: DocumentReference
    content: DocumentReference
    render_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishNews(Command):
    """The answer of the news job: the item and where it stands."""

    news_id: UUID
    item: Mapping[str, Any]
    document: DocumentReference


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMinutes(Command):
    """The archive has sealed the record."""

    record_id: UUID


WritingCommand: TypeAlias = RecordOpinion | RecordDecision | AssignAction | DraftMinutes | ReviseMinutes
ReviewCommand: TypeAlias = SubmitMinutes | ReturnMinutes | ApproveMinutes | PublishMinutes
ReactionCommand: TypeAlias = StartMinutes | SignMinutes | PublishNews | FileMinutes
MinutesCommands: TypeAlias = WritingCommand | ReviewCommand | ReactionCommand
