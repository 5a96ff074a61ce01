"""Who is told what: for each fact and each audience a message, or the reason why there is none.

`policy` makes messages from this table and from nothing else; `docs/architecture/who-is-told.md` is printed from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from services.notification.domain.order import Audience, CalendarMethod
from services.notification.domain.who_is_told_of_minutes import MINUTES_SILENCE
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished
from shared.contracts.notification import Channel
from shared.contracts.registration import (
    CheckInRefused,
    InvitationDeclined,
    MeetingCancelled,
    MeetingClosed,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
    OrganisationRecorded,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)

How = Literal["one", "each"]
"""`one`: the first channel that reaches the person. `each`: on every channel that does, a message of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """A message: its template (of several, the one that says how the seat was come by), channels, calendar method.

    `values` are members of the fact that the text names as they are (`templates/values.yaml`). `with_ticket` are the
    channels by which the same is told, with the calendar entry, when the ticket is issued.
    """

    templates: tuple[str, ...]
    channels: tuple[Channel, ...]
    how: How
    with_ticket: tuple[Channel, ...] = ()
    calendar: CalendarMethod | None = None
    values: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """No message, and why."""

    reason: str


Row: TypeAlias = Mapping[Audience, Tell | Silence]

ALWAYS: Final = ""
"""The only case of most facts."""

ANOTHER_TIME: Final = "another time"
ANOTHER_PLACE: Final = "another place at the same time"
ONLINE: Final = "at a desk with a network"
OFFLINE: Final = "reported later by a desk without a network"


_LEFT = "he has left the meeting: he was told then, and his calendar entry was cancelled then"
_SAID_NO = "who has said no is not asked again; the contact of his body is told"
_EXPECTS_NOTHING = "who has said no does not expect the meeting; the contact of his body is told"
_OTHERS = "it concerns one person; the organiser's list shows it to others"
_IN_THE_ROOM = "who is in the room knows; who is not is told of the minutes"
_NO_SEAT = "no calendar entry: there was no seat"
_NO_SEAT_YET = "no calendar entry: there is no seat yet"


def _one(template: str, *channels: Channel, calendar: CalendarMethod | None = None, note: str = "") -> Tell:
    return Tell(templates=(template,), channels=channels, how="one", calendar=calendar, note=note)


def _each(
    *templates: str,
    channels: tuple[Channel, ...] = ("sms", "email"),
    calendar: CalendarMethod | None = None,
    values: tuple[str, ...] = (),
    note: str = "",
) -> Tell:
    return Tell(templates=templates, channels=channels, how="each", calendar=calendar, values=values, note=note)


def _before_the_ticket(template: str, note: str = "") -> Tell:
    note = f"the e-mail comes with the ticket (TicketIssued){note}"
    return Tell(templates=(template,), channels=("sms",), how="each", with_ticket=("email",), note=note)


def _row(otherwise: str, **cells: Tell | str) -> Row:
    """A row; audiences that are not named are told nothing, for the reason `otherwise`."""
    named = {Audience[name.upper()]: Silence(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
    return {audience: named.get(audience, Silence(otherwise)) for audience in Audience}


def _everybody(
    template: str, *, calendar: CalendarMethod, declined: str, values: tuple[str, ...] = (), waiting: str = _NO_SEAT_YET
) -> Row:
    """The row of a change: whoever expects the meeting is told on every channel, with his calendar entry."""
    told = ("contact", "chair", "co_host", "seated", "representative")
    cells = dict.fromkeys(told, _each(template, calendar=calendar, values=values))
    return _row(_LEFT, **cells, waiting=_each(template, values=values, note=waiting), declined=declined)


TOLD: Final[Mapping[type[Fact], Mapping[str, Row]]] = {
    OrganisationRecorded: {ALWAYS: _row("how a body is called; no meeting changes by it")},
    PersonRecorded: {ALWAYS: _row("it tells nobody anything new; messages that have waited for this person go out")},
    PersonErased: {ALWAYS: _row("he is forgotten; messages to him that were not sent are cancelled")},
    MeetingDrafted: {ALWAYS: _row("a draft is told to nobody before it is opened")},
    MeetingOpened: {
        ALWAYS: _row(
            "nobody has answered yet",
            contact="invited one by one (OrganisationInvited)",
            chair=_one("chair_named", "email", "sms", calendar="REQUEST"),
            co_host=_one(
                "co_host_named",
                "email",
                "sms",
                calendar="REQUEST",
                note="those named in the draft; a co-host without one is not told, as no fact names a person of it",
            ),
        )
    },
    MeetingRescheduled: {
        ANOTHER_TIME: _row(
            _LEFT,
            contact=_each("rescheduled", calendar="REQUEST"),
            chair=_each("rescheduled", calendar="REQUEST"),
            co_host=_each("rescheduled", calendar="REQUEST"),
            seated=_before_the_ticket("rescheduled", ": each ticket is signed anew"),
            representative=_before_the_ticket("rescheduled", ": each ticket is signed anew"),
            waiting=_each("rescheduled", note=_NO_SEAT_YET),
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
    MeetingStarted: {ALWAYS: _row(_IN_THE_ROOM)},
    MeetingHeld: {ALWAYS: _row(_IN_THE_ROOM)},
    MeetingClosed: {ALWAYS: _row("the organiser's own book-keeping")},
    OrganisationInvited: {
        ALWAYS: _row(
            "the invitation goes to the contact of the body",
            contact=_one("invitation", "email", "sms", calendar="REQUEST"),
            co_host="told when the meeting was opened; where his body is invited too, its contact is told",
        )
    },
    InvitationDeclined: {
        ALWAYS: _row(_OTHERS, declined=_one("declined", "sms", "email")),
    },
    ParticipantRegistered: {
        ALWAYS: _row(
            _OTHERS,
            seated=_before_the_ticket("registered"),
            waiting=_one("waitlisted", "sms", "email"),
        )
    },
    ParticipantRepresented: {
        ALWAYS: _row(
            _OTHERS,
            representative=_before_the_ticket("delegated"),
            represented=_one("represented", "email", "sms", calendar="CANCEL"),
        )
    },
    ParticipantPromoted: {ALWAYS: _row(_OTHERS, seated=_before_the_ticket("promoted"))},
    ParticipantWithdrawn: {
        ALWAYS: _row(
            _OTHERS,
            withdrawn=_one("withdrawn", "email", "sms", calendar="CANCEL"),
            waiting="the head of the queue is told that he moves up (ParticipantPromoted)",
        )
    },
    TicketIssued: {
        ALWAYS: _row(
            _OTHERS,
            seated=_each("registered", "promoted", "rescheduled", channels=("email",), calendar="REQUEST"),
            representative=_each("delegated", "rescheduled", channels=("email",), calendar="REQUEST"),
        )
    },
    ParticipantCheckedIn: {
        ONLINE: _row(
            _OTHERS,
            seated=_each("checked_in", channels=("sms",)),
            representative=_each("checked_in", channels=("sms",)),
        ),
        OFFLINE: _row("he has long been inside when it is heard"),
    },
    CheckInRefused: {ALWAYS: _row("the desk tells him on the spot")},
    MinutesPublished: {
        ALWAYS: _row(
            "was not at the meeting",
            chair="has approved and signed them",
            co_host=_one("minutes_signed", "email", "sms"),
            seated=_one("minutes_signed", "email", "sms"),
            representative=_one("minutes_signed", "email", "sms"),
            contact="those of his body who were at the meeting are told; the minutes are public",
        )
    },
    **{fact: {ALWAYS: _row(reason)} for fact, reason in MINUTES_SILENCE.items()},
}
"""Fact → case → audience → message or the reason for silence."""


def concerns_everybody(fact: Fact) -> bool:
    """Whether a fact is told to people whom it does not name: then it must be known who the meeting's people are."""
    unnamed = (Audience.CHAIR, Audience.CO_HOST)  # the draft alone names them
    return any(isinstance(row[audience], Tell) for row in TOLD[type(fact)].values() for audience in unnamed)


def case_of(fact: Fact) -> str:
    """Which of the cases of its type a fact is."""
    match fact:
        case MeetingRescheduled():
            moved = (fact.starts_at, fact.ends_at) != (fact.old_starts_at, fact.old_ends_at)
            return ANOTHER_TIME if moved else ANOTHER_PLACE
        case ParticipantCheckedIn():
            return OFFLINE if fact.offline else ONLINE
        case _:
            return ALWAYS
