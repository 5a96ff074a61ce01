"""The draft: a snapshot of what happened, and the sections of text that follow from it.

The snapshot keeps names, titles and ranks as they were on the day of the draft; nothing that happens to a person or a
body afterwards changes it. What people write is kept separately, section by section (`written`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.minutes.domain.attendance import Attendee, HeadCount, head_count
from services.minutes.domain.text import Gathering, closing_paragraph, opening_paragraph


class Section(StrEnum):
    """A part of the text that is drafted where the facts give it, and may be written by people.

    `quote`, `background` and `outcome` are for the news item, and people alone write them: what an announcement expects
    as the outcome has not happened yet. All others are printed in the minutes.
    """

    OPENING = "opening"
    PURPOSE = "purpose"
    SUMMARY = "summary"
    CLOSING = "closing"
    PLACE = "place"
    RECORDER = "recorder"
    QUOTE = "quote"
    BACKGROUND = "background"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCount:
    """How many people of one body were in the room; `body` is its name."""

    body: str
    present: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One item of the agenda, `2.1` and its title; when it was treated and who was in the room, where that is known.

    Times are local to the venue. `present` counts whoever was there for some of it, the chair among them; `women` is
    part of it, and `bodies` has each body of which somebody was there, in protocol order.
    """

    number: str
    title: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    present: int | None = None
    women: int | None = None
    bodies: tuple[BodyCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What had happened, as it was known at the moment of the draft.

    `issuer` goes from the ministry down to the unit, `bodies` are those that took part, in protocol order. `chair` is
    the chair's name without the title.
    """

    gathering: Gathering
    chair: str
    issuer: tuple[str, ...]
    agenda: tuple[AgendaLine, ...]
    attendees: tuple[Attendee, ...]
    bodies: tuple[str, ...]
    purpose: str | None = None

    @property
    def count(self) -> HeadCount:
        """How many attended, counted from check-ins."""
        return head_count(self.attendees)


def drafted(draft: Draft) -> dict[Section, str]:
    """The sections that the facts give; nothing is invented for the others."""
    sections = {
        Section.OPENING: opening_paragraph(draft.gathering),
        Section.PURPOSE: draft.purpose,
        Section.CLOSING: closing_paragraph(draft.gathering),
        Section.PLACE: draft.gathering.venue.rpartition(",")[2].strip() or draft.gathering.venue,
        Section.RECORDER: draft.issuer[-1],
    }
    return {section: text for section, text in sections.items() if text}


def written(draft: Draft, edits: Mapping[Section, str]) -> dict[Section, str]:
    """The text as it stands: what people wrote, otherwise what was drafted."""
    return {**drafted(draft), **edits}


def revised(edits: Mapping[Section, str], changes: Mapping[Section, str | None]) -> dict[Section, str]:
    """The sections written by people after `changes`; None gives a section back to the draft."""
    return {section: text for section, text in {**edits, **changes}.items() if text is not None}
