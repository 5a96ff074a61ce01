"""Who is told what: for each fact and each audience a message, or the reason why there is none.

`policy` makes messages from this table and from nothing else; `docs/architecture/who-is-told.md` is printed from it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain.order import Audience, CalendarMethod
from services.notification.domain.table_cells import ALWAYS, AudienceRow, Tell, before_the_ticket, each, one, row
from services.notification.domain.who_is_told_of_answers import CASES_OF_ANSWERS, OTHERS, TOLD_OF_ANSWERS
from services.notification.domain.who_is_told_of_documents import (
    CASES_OF_DOCUMENTS,
    DOCUMENT_SILENCE,
    TOLD_OF_DOCUMENTS,
)
from services.notification.domain.who_is_told_of_invitations import CASES_OF_INVITATIONS, TOLD_OF_INVITATIONS
from services.notification.domain.who_is_told_of_minutes import MINUTES_SILENCE
from services.notification.domain.who_is_told_of_sessions import SESSION_SILENCE
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished
from shared.contracts.registration import (
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingDiscarded,
    MeetingDrafted,
    MeetingFormChanged,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationRecorded,
    ParticipantCheckedIn,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)

ANOTHER_TIME: Final = "another time"
ANOTHER_PLACE: Final = "another place at the same time"
TITLE_OR_AGENDA: Final = "another title or agenda of an announced meeting"
NOT_IN_MESSAGES: Final = "anything else"
ANNOUNCED: Final = "an announced meeting"
DRAFT: Final = "a draft"
ONLINE: Final = "at a desk with a network"
OFFLINE: Final = "reported later by a desk without a network"


_LEFT = "he has left the meeting: he was told then, and his calendar entry was cancelled then"
_SAID_NO = "who has said no is not asked again; the contact of his body is told"
_EXPECTS_NOTHING = "who has said no does not expect the meeting; the contact of his body is told"
_PRESENT = "who is at the meeting knows; who is not is told of the minutes"
_NO_SEAT = "no calendar entry: there was no seat"
_NO_SEAT_YET = "no calendar entry: there is no seat yet"


def _everybody(
    template: str, *, calendar: CalendarMethod, declined: str, values: tuple[str, ...] = (), waiting: str = _NO_SEAT_YET
) -> AudienceRow:
    """The row of a change: whoever expects the meeting is told on every channel, with his calendar entry."""
    told = ("contact", "chair", "co_host", "seated", "representative")
    cells = dict.fromkeys(told, each(template, calendar=calendar, values=values))
    return row(_LEFT, **cells, waiting=each(template, values=values, note=waiting), declined=declined)


TOLD: Final[Mapping[type[Fact], Mapping[str, AudienceRow]]] = {
    OrganisationRecorded: {ALWAYS: row("how a body is called; no meeting changes by it")},
    PersonRecorded: {ALWAYS: row("it tells nobody anything new; messages that have waited for this person go out")},
    PersonErased: {ALWAYS: row("he is forgotten; messages to him that were not sent are cancelled")},
    MeetingDrafted: {ALWAYS: row("a draft is told to nobody before it is opened")},
    MeetingChanged: {
        TITLE_OR_AGENDA: row(
            _LEFT,
            **dict.fromkeys(
                ("contact", "chair", "co_host", "seated", "representative"),
                one("meeting_changed", "email", "sms", calendar="REQUEST"),
            ),
            waiting=one("meeting_changed", "email", "sms", note=_NO_SEAT_YET),
            declined=_SAID_NO,
        ),
        NOT_IN_MESSAGES: row("a draft, or something that no message has said: seats, rules, purpose"),
    },
    MeetingHostsChanged: {
        ANNOUNCED: row(
            "no message to him has said who holds the meeting",
            contact=one(
                "chair_changed", "email", "sms", note="where somebody else chairs now: the invitation named him"
            ),
            chair=one("chair_named", "email", "sms", calendar="REQUEST", note="where somebody else chairs now"),
            co_host=Tell(
                templates=("co_host_named", "chair_changed"),
                channels=("email", "sms"),
                how="one",
                calendar="REQUEST",
                note="those who are new, and the others where somebody else chairs now",
            ),
            former_host=Tell(
                templates=("chair_released", "co_host_released"),
                channels=("email", "sms"),
                how="one",
                calendar="CANCEL",
                note="whoever no longer chairs or co-hosts",
            ),
        ),
        DRAFT: row("a draft is told to nobody before it is opened"),
    },
    MeetingFormChanged: {
        ALWAYS: row("who registers reads the form; who has registered sees in his own view what is missing")
    },
    MeetingDiscarded: {ALWAYS: row("a draft is told to nobody")},
    MeetingOpened: {
        ALWAYS: row(
            "nobody has answered yet",
            contact="invited one by one (OrganisationInvited)",
            chair=one("chair_named", "email", "sms", calendar="REQUEST"),
            co_host=one(
                "co_host_named",
                "email",
                "sms",
                calendar="REQUEST",
                note="those named in the draft; a co-host without one is not told, as no fact names a person of it",
            ),
        )
    },
    MeetingRescheduled: {
        ANOTHER_TIME: row(
            _LEFT,
            contact=each("rescheduled", calendar="REQUEST"),
            chair=each("rescheduled", calendar="REQUEST"),
            co_host=each("rescheduled", calendar="REQUEST"),
            seated=before_the_ticket("rescheduled", ": each ticket is signed anew"),
            representative=before_the_ticket("rescheduled", ": each ticket is signed anew"),
            waiting=each("rescheduled", note=_NO_SEAT_YET),
            declined=_SAID_NO,
        ),
        ANOTHER_PLACE: _everybody("venue_changed", calendar="REQUEST", declined=_SAID_NO),
    },
    MeetingCancelled: {
        ALWAYS: _everybody(
            "cancelled",
            calendar="CANCEL",
            values=("reason",),
            waiting=_NO_SEAT,
            declined=_EXPECTS_NOTHING,
        )
    },
    MeetingStarted: {ALWAYS: row(_PRESENT)},
    MeetingHeld: {ALWAYS: row(_PRESENT)},
    MeetingClosed: {ALWAYS: row("the organiser's own book-keeping")},
    **TOLD_OF_INVITATIONS,
    **TOLD_OF_ANSWERS,
    **TOLD_OF_DOCUMENTS,
    TicketIssued: {
        ALWAYS: row(
            OTHERS,
            seated=each(
                "registered", "promoted", "rescheduled", "confirm_registration", channels=("email",), calendar="REQUEST"
            ),
            representative=each("delegated", "rescheduled", channels=("email",), calendar="REQUEST"),
        )
    },
    ParticipantCheckedIn: {
        ONLINE: row(
            OTHERS,
            seated=each("checked_in", channels=("sms",)),
            representative=each("checked_in", channels=("sms",)),
        ),
        OFFLINE: row("he has long been inside when it is heard"),
    },
    MinutesPublished: {
        ALWAYS: row(
            "was not at the meeting",
            chair="has approved and signed them",
            co_host=one("minutes_signed", "email", "sms"),
            seated=one("minutes_signed", "email", "sms"),
            representative=one("minutes_signed", "email", "sms"),
            contact="those of his body who were at the meeting are told; the minutes are public",
        )
    },
    **{fact: {ALWAYS: row(reason)} for fact, reason in (SESSION_SILENCE | DOCUMENT_SILENCE | MINUTES_SILENCE).items()},
}
"""Fact → case → audience → message or the reason for silence."""


def concerns_everybody(kind: type[Fact]) -> bool:
    """Whether facts of this type are told to people whom they do not name: then the meeting's must be known."""
    unnamed = (Audience.CHAIR, Audience.CO_HOST)  # the draft alone names them
    return any(isinstance(row[audience], Tell) for row in TOLD[kind].values() for audience in unnamed)


def case_of(fact: Fact) -> str:
    """Which of the cases of its type a fact is."""
    case = _CASES.get(type(fact))
    return case(fact) if case else ALWAYS


def _moved_or_elsewhere(fact: MeetingRescheduled) -> str:
    moved = (fact.starts_at, fact.ends_at) != (fact.old_starts_at, fact.old_ends_at)
    return ANOTHER_TIME if moved else ANOTHER_PLACE


def _said_or_not(fact: MeetingChanged) -> str:
    said = fact.announced and not {"title", "agenda"}.isdisjoint(fact.changed)
    return TITLE_OR_AGENDA if said else NOT_IN_MESSAGES


def _at_once_or_later(fact: ParticipantCheckedIn) -> str:
    return OFFLINE if fact.offline else ONLINE


_CASES: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    MeetingRescheduled: _moved_or_elsewhere,
    MeetingChanged: _said_or_not,
    MeetingHostsChanged: lambda fact: ANNOUNCED if fact.announced else DRAFT,
    **CASES_OF_INVITATIONS,
    **CASES_OF_DOCUMENTS,
    ParticipantCheckedIn: _at_once_or_later,
    **CASES_OF_ANSWERS,
}
"""Facts that are told otherwise from case to case."""
