"""What the checker knows of the domain: what each command leads to, who hears which topic, who owns which row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts import TOPICS

ANSWERS: Final = ("participant-registered", "participant-represented", "invitation-declined")
"""Facts by which somebody has a registration of his own."""

REQUESTED: Final = "participation-requested"
"""The fact by which somebody asks for a seat; it has a registration, which only `participant-registered` seats."""

WITH_PERSON: Final = frozenset({"draft", "invite", "register", "represent", "decline"})
"""Commands that record a person besides."""

PERSON: Final = "person-recorded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The facts of which an accepted command leads to exactly one, unless nothing may have changed (`least` 0).

    `also` are facts that may follow in the same transaction; `members` those that answer and fact have in common.
    """

    words: tuple[str, ...]
    members: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    least: int = 1


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "draft": Outcome(("meeting-drafted",), ("meeting_id",)),
    "open": Outcome(("meeting-opened",), ("meeting_id",)),
    "reschedule": Outcome(("meeting-rescheduled",), ("meeting_id",), least=0),
    "cancel": Outcome(("meeting-cancelled",), ("meeting_id",)),
    "start": Outcome(("meeting-started",), ("meeting_id",)),
    "end": Outcome(("meeting-held",), ("meeting_id",)),
    "close": Outcome(("meeting-closed",), ("meeting_id",)),
    "invite": Outcome(("organisation-invited",), ("invitation_id",)),
    "register": Outcome(
        ("participant-registered", REQUESTED), ("registration_id", "state", "position"), also=("registration-repeated",)
    ),
    "vouch": Outcome(("participant-proven",), ("registration_id",), also=("participant-registered",), least=0),
    "decline": Outcome(("invitation-declined",), ("registration_id",)),
    "represent": Outcome(("participant-represented",), ("registration_id",)),
    "withdraw": Outcome(
        ("participant-withdrawn", "request-withdrawn"), ("registration_id",), also=("participant-promoted",)
    ),
    "check-in": Outcome(("participant-checked-in", "check-in-refused"), ("registration_id",)),
    "opinion": Outcome(("opinion-recorded",), ("opinion_id",)),
    "decision": Outcome(("decision-recorded",), ("decision_id", "number")),
    "action": Outcome(("action-assigned",), ("action_id", "number")),
    "redraft": Outcome(("minutes-drafted",), ("minutes_id",), least=0),
    "edit": Outcome(("minutes-revised",), ("minutes_id", "revision")),
    "submit": Outcome(("minutes-submitted",), ("minutes_id", "revision")),
    "return": Outcome(("minutes-returned",), ("minutes_id", "revision")),
    "approve": Outcome(("minutes-approved",), ("minutes_id", "revision", "number")),
    "publish": Outcome(("minutes-published",), ("minutes_id", "number")),
    "hold": Outcome(("record-held",), ("record_id",), least=0),
    "release": Outcome(("record-released",), ("record_id",), least=0),
}
"""Command → what it leads to. An `edit` changes the text; a `check-in` is one scan with a nonce of its own."""

ASKED_FOR: Final = frozenset(
    {word for command, one in OUTCOMES.items() if command != "redraft" for word in (*one.words, *one.also)} | {PERSON}
)
"""Facts that exist only because somebody asked for them."""

AGGREGATES: Final[Mapping[str, tuple[str, str]]] = {
    "/eoffice/registration/organisation": ("registration", "organisation"),
    "/eoffice/registration/person": ("registration", "person"),
    "/eoffice/registration/meeting": ("registration", "meeting"),
    "/eoffice/notification/message": ("notification", "message"),
    "/eoffice/minutes/minutes": ("minutes", "minutes"),
    "/eoffice/archive/record": ("archive", "record"),
}
"""Source → service and table of the aggregate's own row, whose version is the number of its facts."""

ROWS_OF: Final[Mapping[str, tuple[str, str, str]]] = {
    "participant-registered": ("registration", "registration", "registration_id"),
    REQUESTED: ("registration", "registration", "registration_id"),
    "participant-represented": ("registration", "registration", "registration_id"),
    "invitation-declined": ("registration", "registration", "registration_id"),
    "organisation-invited": ("registration", "invitation", "invitation_id"),
    "participant-checked-in": ("registration", "check_in", "scan"),
    "check-in-refused": ("registration", "check_in", "scan"),
    "opinion-recorded": ("minutes", "opinion", "opinion_id"),
    "decision-recorded": ("minutes", "decision", "decision_id"),
    "action-assigned": ("minutes", "action", "action_id"),
    "news-published": ("minutes", "news", "news_id"),
}
"""Fact → service, table and identifier of the row that it adds to its aggregate's.

`participant-registered` adds none where the same registration was requested before.
"""

STATED: Final[Mapping[str, Mapping[str, str]]] = {REQUESTED: {"state": "awaiting-proof"}}
"""Fact → members that it has by being what it is: nobody approves people in these meetings."""


def hears(service: str, topic: str) -> bool:
    """Whether a service takes the records of a topic."""
    return topic in TOPICS and service in TOPICS[topic].readers


def compacted(topic: str) -> bool:
    """Whether a topic may have forgotten all but the last event of a key."""
    return topic in TOPICS and TOPICS[topic].compacted
