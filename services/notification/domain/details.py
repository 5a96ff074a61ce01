"""The values of a text: what is known of its recipient, its meeting and its document, as templates name it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.notification.domain.calendar_entry import CalendarState
from services.notification.domain.changes import CHANGES, MEETING_CHANGED, RESCHEDULED, VENUE_CHANGED, Changes, Told
from services.notification.domain.order import TICKET, Content
from services.notification.domain.outdated import Standing
from services.notification.domain.states import MeetingPhase
from services.notification.domain.templates import ADDRESSEE
from shared.contracts.base import Language

TICKET_RENEWED: Final = "ticket_renewed"
"""The template for a new ticket of a meeting whose time and place are what its reader knows."""

Bilingual = Mapping[str, Any]
"""`{lo, en}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as he is named and reached."""

    given_name: str
    honorific: str | None = None
    family_name: str | None = None
    mobile: str | None = None
    email: str | None = None
    language: Language = "lo"

    @property
    def name(self) -> str:
        """Honorific, given name, family name."""
        return " ".join(part for part in (self.honorific, self.given_name, self.family_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting as messages tell it; `shared_contacts`: several people may read them, so each names its recipient."""

    meeting_id: UUID
    title: Bilingual
    venue: Bilingual
    starts_at: datetime
    ends_at: datetime
    sequence: int
    organiser: Bilingual
    agenda: Sequence[Bilingual] = field(default_factory=tuple)
    shared_contacts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that a text may draw on; `about` is the other person it names.

    `standing` tells whether it is still true, `calendar` what the recipient's calendar is told (an e-mail only),
    `known_starts_at` when the meeting begins by the last message that went to him, by the same channel if one did, and
    `changes` which changes it is about, where it is about any. `answer_by` is until when the body of a contact may
    still answer.
    """

    content: Content
    recipient: Person
    meeting: Meeting
    standing: Standing
    calendar: CalendarState | None = None
    known_starts_at: datetime | None = None
    changes: Changes = field(default_factory=Changes)
    chair: Person | None = None
    about: Person | None = None
    code: str | None = None
    sealed_own_link: str | None = None
    sealed_confirm_code: str | None = None
    signed_at: datetime | None = None
    answer_by: datetime | None = None
    confirm_by: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        """When the meeting begins as it is told; one that was called off would have begun when the reader thinks."""
        known = self.known_starts_at if self.standing.phase is MeetingPhase.CANCELLED else None
        return known or self.meeting.starts_at

    @property
    def told(self) -> Told:
        """What the reader knows after this message; of a new place or title nobody hears of a move."""
        venue = None if self.template == MEETING_CHANGED else self.meeting.venue
        if self.template in {VENUE_CHANGED, MEETING_CHANGED}:
            return Told(venue=venue)
        return Told(starts_at=self.starts_at, ends_at=self.meeting.ends_at, venue=venue)

    @property
    def template(self) -> str | None:
        """The template that says what is new to the reader; `None` where a change was taken back and nothing is."""
        chosen, meeting = self.standing.template, self.meeting
        with_ticket = TICKET in self.content.sealed
        if chosen in CHANGES and (self.changes.is_uncertain or (self.changes.is_of_older_version and not with_ticket)):
            return chosen
        moved = chosen == RESCHEDULED and self.changes.is_moved(starts_at=meeting.starts_at, ends_at=meeting.ends_at)
        if moved or chosen not in CHANGES:
            return chosen
        if self.changes.is_elsewhere(meeting.venue):
            return VENUE_CHANGED
        return TICKET_RENEWED if with_ticket else None


def values_of(details: Details, links: Mapping[str, str]) -> dict[str, Any]:
    """The values of a template; what is not known is left out, and a template that needs it will say so."""
    meeting = details.meeting
    values = {
        "recipient": details.recipient.name,
        ADDRESSEE: details.recipient.name if meeting.shared_contacts else None,
        "title": meeting.title,
        "organiser": meeting.organiser,
        "starts_at": details.starts_at,
        "venue": meeting.venue,
        "agenda": list(meeting.agenda),
        "chair": details.chair.name if details.chair else None,
        "represented": details.about.name if details.about else None,
        "representative": details.about.name if details.about else None,
        "code": details.code,
        "signed_on": details.signed_at,
        "answer_by": details.answer_by,
        "confirm_by": details.confirm_by,
        **details.content.values,
        **links,
        **(_before(details) if details.standing.template in CHANGES else {}),
    }
    return {name: value for name, value in values.items() if value is not None}


def _before(details: Details) -> dict[str, Any]:
    """What the reader knows and is not true any more: `old_…`, None where it is as he knows it.

    The end is named where he could not tell it from the beginning and the duration that he knows.
    """
    meeting, given = details.meeting, details.content.values
    starts_at = details.changes.old_starts_at or _moment(given.get("old_starts_at"))
    ends_at = details.changes.old_ends_at or _moment(given.get("old_ends_at"))
    venue = details.changes.old_venue or given.get("old_venue")
    lengthened = starts_at and ends_at and ends_at - starts_at != meeting.ends_at - meeting.starts_at
    return {
        "old_starts_at": None if starts_at == meeting.starts_at else starts_at,
        "old_ends_at": ends_at if lengthened else None,
        "ends_at": meeting.ends_at if lengthened else None,
        "old_venue": None if venue == meeting.venue else venue,
    }


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def in_language(text: Bilingual, language: Language) -> str:
    """One language of a text; Lao where there is no other."""
    return str(text.get(language) or text["lo"])
