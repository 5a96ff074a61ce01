"""What minutes are decided on, and how each fact changes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.minutes.domain.draft import Draft, Section
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.minutes import (
    ActionAssigned,
    DecisionRecorded,
    MinutesApproved,
    MinutesDrafted,
    MinutesFiled,
    MinutesPublished,
    MinutesReturned,
    MinutesRevised,
    MinutesSigned,
    MinutesStarted,
    MinutesSubmitted,
    NewsPublished,
)


class Phase(StrEnum):
    """opened → draft → in-review → approved → signed → published → filed; back to draft from review."""

    ABSENT = "absent"
    OPENED = "opened"
    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    SIGNED = "signed"
    PUBLISHED = "published"
    FILED = "filed"


WRITABLE = (Phase.OPENED, Phase.DRAFT)
PUBLIC = (Phase.PUBLISHED, Phase.FILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The running numbers of one issuer in one year, locked: the last one given, and the suffix of its documents."""

    issuer: str
    year: int
    last: int
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSoFar:
    """How many opinions there are, and how many letters in opinions, decisions and actions."""

    opinions: int = 0
    letters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateText:
    """What one opinion, decision or action says; `organisation_name` is what its body is called today."""

    text: str
    text_en: str | None = None
    organisation_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Minutes as one command sees them; `organiser` and `agenda` are those of the meeting.

    `revision` counts the states of the text, `version` the facts. `edits` are the sections that people have written.
    `written_so_far` is loaded for commands that add text, `series` for an approval. `speaker` is the name of the body
    that the command names, None where there is no such body. `private_text` and `news_item` are what the command brings
    to be stored; no fact says them (`private.py`).
    """

    minutes_id: UUID
    meeting_id: UUID | None = None
    version: int = 0
    revision: int = 0
    phase: Phase = Phase.ABSENT
    organiser: str = ""
    agenda: frozenset[str] = frozenset()
    decisions: int = 0
    actions: int = 0
    draft: Draft | None = None
    edits: Mapping[Section, str] = field(default_factory=lambda: MappingProxyType({}))
    returned: str | None = None
    number: str | None = None
    approved_at: datetime | None = None
    signed: MinutesSigned | None = None
    published_at: datetime | None = None
    news_id: UUID | None = None
    record_id: UUID | None = None
    speaker: str | None = None
    written_so_far: WrittenSoFar = field(default_factory=WrittenSoFar)
    series: Series | None = None
    private_text: PrivateText | None = None
    news_item: Mapping[str, Any] | None = None


def minutes_id_of(meeting_id: UUID) -> UUID:
    """The identifier of a meeting's minutes."""
    return derived_id("minutes", meeting_id)


def evolve(minutes: Minutes, fact: Fact) -> Minutes:
    """The minutes after `fact`."""
    return replace(_folded(minutes, fact), version=minutes.version + 1)


def _folded(minutes: Minutes, fact: Fact) -> Minutes:
    match fact:
        case MinutesStarted():
            return replace(minutes, phase=Phase.OPENED, meeting_id=fact.meeting_id)
        case DecisionRecorded():
            return replace(minutes, decisions=fact.number)
        case ActionAssigned():
            return replace(minutes, actions=fact.number)
        case MinutesDrafted():
            return replace(minutes, phase=Phase.DRAFT, revision=fact.revision)
        case MinutesRevised():
            return replace(minutes, revision=fact.revision)
        case _:
            return _reviewed(minutes, fact)


def _reviewed(minutes: Minutes, fact: Fact) -> Minutes:
    match fact:
        case MinutesSubmitted():
            return replace(minutes, phase=Phase.IN_REVIEW, returned=None)
        case MinutesReturned():
            return replace(minutes, phase=Phase.DRAFT)
        case MinutesApproved():
            return replace(minutes, phase=Phase.APPROVED, number=fact.number, approved_at=fact.approved_at)
        case _:
            return _issued(minutes, fact)


def _issued(minutes: Minutes, fact: Fact) -> Minutes:
    match fact:
        case MinutesSigned():
            return replace(minutes, phase=Phase.SIGNED, signed=fact)
        case MinutesPublished():
            return replace(minutes, phase=Phase.PUBLISHED, published_at=fact.published_at)
        case NewsPublished():
            return replace(minutes, news_id=fact.news_id)
        case MinutesFiled():
            return replace(minutes, phase=Phase.FILED, record_id=fact.record_id)
        case _:  # an opinion is a row of its own
            return minutes
