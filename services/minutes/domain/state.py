"""What minutes are decided on, and how each fact changes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
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
UNFILED = (Phase.OPENED, Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED, Phase.SIGNED, Phase.PUBLISHED)


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
    """What one opinion, decision or action says; `organisation_name` is what its body is called on that day."""

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


CHANGES: Final[Mapping[type[Fact], Callable[[Any], Mapping[str, Any]]]] = {
    MinutesStarted: lambda fact: {"phase": Phase.OPENED, "meeting_id": fact.meeting_id},
    DecisionRecorded: lambda fact: {"decisions": fact.number},
    ActionAssigned: lambda fact: {"actions": fact.number},
    MinutesDrafted: lambda fact: {"phase": Phase.DRAFT, "revision": fact.revision},
    MinutesRevised: lambda fact: {"revision": fact.revision},
    MinutesSubmitted: lambda _: {"phase": Phase.IN_REVIEW, "returned": None},
    MinutesReturned: lambda _: {"phase": Phase.DRAFT},
    MinutesApproved: lambda fact: {
        "phase": Phase.APPROVED,
        "number": fact.number,
        "approved_at": fact.approved_at,
    },
    MinutesSigned: lambda fact: {"phase": Phase.SIGNED, "signed": fact},
    MinutesPublished: lambda fact: {"phase": Phase.PUBLISHED, "published_at": fact.published_at},
    NewsPublished: lambda fact: {"news_id": fact.news_id},
    MinutesFiled: lambda fact: {"phase": Phase.FILED, "record_id": fact.record_id},
}
"""Kind of fact → the members of the minutes that it changes; an opinion changes none, it is a row of its own."""


def evolve(minutes: Minutes, fact: Fact) -> Minutes:
    """The minutes after `fact`."""
    changes = CHANGES.get(type(fact))
    return replace(minutes, **(changes(fact) if changes else {}), version=minutes.version + 1)
