"""The commands of a record; the time is a member of the command."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from shared.contracts.base import Bilingual
from shared.contracts.minutes import DocumentReference
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(Command):
    """A part of the record has arrived; a record that becomes complete by it is sealed `settle` later."""

    meeting_id: UUID
    settle: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecord(Collect):
    """A meeting is being prepared, or its title was corrected; None where the draft was deleted."""

    title: Bilingual | None
    organiser: str | None


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
    """Place a legal hold: the record may not be destroyed until it is released."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord(Command):
    """Lift the legal hold."""

    reason: str


CollectCommand: TypeAlias = OpenRecord | CollectMinutes | CollectNews
RecordCommands: TypeAlias = CollectCommand | BeginSealing | SealRecord | HoldRecord | ReleaseRecord
