"""What facts must lead to in the databases of those who hear them: how many rows of which kind, and why.

A row is known by its service, its table and what it is about; a message by its cause, its recipient and its template.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.chaos.checker.history_index import HistoryIndex, word_of
from tests.chaos.checker.seats import replay, seating_of, seatings
from tests.chaos.checker.vocabulary import ANSWERS, REQUESTED, hears
from tests.chaos.history import Effect, Fact

Subject: TypeAlias = tuple[str, str, str]

PROJECTED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "organisation-recorded": (("notification", "organisation"), ("minutes", "organisation")),
    "person-recorded": (("notification", "person"), ("minutes", "person")),
    "meeting-drafted": (("notification", "meeting"), ("minutes", "meeting")),
    "message-created": (("registration", "message_status"),),
    REQUESTED: (("notification", "registration"),),
    **dict.fromkeys(ANSWERS, (("notification", "registration"), ("minutes", "participant"))),
}
"""Fact → the tables of others that have one row for what it is about."""

EITHER: Final = ("sms", "email")
SEAT: Final = "seat"


@dataclass(frozen=True, slots=True)
class Expected:
    """So many rows about `subject` must be there because of `fact`."""

    subject: Subject
    least: int
    most: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody must be told something; `leave`: not at all where he cannot be reached on this channel.

    `maybe`: or later, with the ticket that is signed anew (a meeting at another time, not at another place).
    """

    fact: Fact
    person: str
    template: str
    channel: str
    leave: bool = False
    maybe: bool = False


def expected(history: HistoryIndex) -> Iterator[Expected]:
    """Everything that the facts must have led to."""
    for fact in history.facts.values():
        if hears("archive", fact.topic):
            yield Expected(("archive", "fact", fact.event_id), 1, 1, fact)
        about = fact.refs["registration_id"] if word_of(fact) in (*ANSWERS, REQUESTED) else fact.subject
        for service, table in PROJECTED.get(word_of(fact), ()):
            yield Expected((service, table, about), 1, 1, fact)
        if word_of(fact) == "record-sealed":
            yield Expected(("archive", "log_entry", f"record-{fact.subject}"), 1, 1, fact)
    for order in orders(history):
        least, most = _messages(history, order)
        about = f"{order.fact.event_id} {order.person} {order.template}"
        yield Expected(("notification", "message", about), least, most, order.fact)


def subject_of(effect: Effect) -> Subject:
    """What a row that was found is about."""
    if (effect.service, effect.what) != ("notification", "message"):
        return effect.service, effect.what, effect.ref
    template = SEAT if effect.columns["template"] in _OF_A_SEAT else effect.columns["template"]
    return effect.service, effect.what, f"{effect.ref} {effect.columns['person_id']} {template}"


def orders(history: HistoryIndex) -> Iterator[Order]:
    """Who must be told what because of each fact, once for each channel."""
    yield from _personal(history)
    yield from _registrations(history)
    yield from _seats(history)
    yield from _changes(history)
    for fact in history.said("minutes-published"):
        for seat in seating_of(history, fact.refs["meeting_id"]).seats.values():
            if seat.checked_in or seat.state == "confirmed":
                yield Order(fact, seat.person, "minutes_signed", "either")


def _registrations(history: HistoryIndex) -> Iterator[Order]:
    """Who has registered; with the number of somebody else: he, of the registration that he has."""
    for fact in history.said("participant-registered", REQUESTED):
        unproven = fact.refs.get("proven") == "false"
        seated = fact.refs.get("state") == "confirmed"
        template = SEAT if seated or unproven else "waitlisted"
        if "repeats" not in fact.refs:
            yield Order(fact, fact.refs["person_id"], template, "sms" if seated else "either", leave=seated)
    for meeting in {fact.subject for fact in history.said("registration-repeated")}:
        for fact, seating in replay(history, meeting):
            repeated = word_of(fact) == "registration-repeated"
            seat = seating.seats.get(fact.refs.get("registration_id", ""))
            if repeated and seat and seat.state in _TOLD_AGAIN:
                yield Order(fact, fact.refs["person_id"], "registered_again", "either")


def _seats(history: HistoryIndex) -> Iterator[Order]:
    """Tickets and check-ins, of everybody whom the number belongs to; for whom a representative does not come."""
    seats = {name: seat for seating in seatings(history).values() for name, seat in seating.seats.items()}
    again = {name for name, seat in seats.items() if seat.again}
    for fact in history.said("participant-withdrawn"):
        seat = seats.get(fact.refs["registration_id"])
        if seat and seat.represents:
            yield Order(fact, seat.represents, "representative_withdrawn", "either")
    for fact in history.said("ticket-issued", "participant-checked-in"):
        if fact.refs["registration_id"] in again or fact.refs.get("offline") == "true":
            continue
        template, channel = (SEAT, "email") if word_of(fact) == "ticket-issued" else ("checked_in", "sms")
        yield Order(fact, fact.refs["person_id"], template, channel, leave=True)


def _personal(history: HistoryIndex) -> Iterator[Order]:
    for fact in history.said(*_TOLD):
        for whom, template, channel, leave in _TOLD[word_of(fact)]:
            yield Order(fact, fact.refs[whom], template, channel, leave)


def _changes(history: HistoryIndex) -> Iterator[Order]:
    """A meeting that is announced, moves or is called off: its hosts, and who has a seat or waits, on both channels."""
    words = {"meeting-rescheduled": SEAT, "meeting-cancelled": "cancelled"}
    for meeting in {fact.subject for fact in history.said("meeting-opened", *words)}:
        for fact, seating in replay(history, meeting):
            word = word_of(fact)
            for person in seating.hosts if word == "meeting-opened" else ():
                yield Order(fact, person, "chair_named", "either")
            for person, state in seating.told() if word in words else ():
                later = word == "meeting-rescheduled" and state == "confirmed"
                for channel in EITHER:
                    yield Order(fact, person, words[word], channel, leave=True, maybe=later and channel == "email")


def _messages(history: HistoryIndex, order: Order) -> tuple[int, int]:
    """How many messages an order leads to: one, unless its recipient cannot be reached as it wants."""
    found = history.effects.get(("notification", "person"), {}).get(order.person)
    contact = found[0].columns if found else {}
    if contact.get("erased"):
        return 0, 1
    reachable = bool(contact.get("mobile") or contact.get("email"))
    unreached = order.leave and reachable and not contact.get("mobile" if order.channel == "sms" else "email")
    return (0, 1) if unreached or order.maybe else (1, 1)  # who was not known yet has one that was cancelled


_OF_A_SEAT: Final = frozenset(
    {"registered", "confirm_registration", "promoted", "delegated", "rescheduled", "venue_changed"}
)
"""Templates of which one says how a seat stands; a ticket comes with the one that is the reason for it."""

_TOLD_AGAIN: Final = frozenset({"confirmed", "waitlisted", "awaiting-proof", "represented"})
"""Registrations of which their person is told when somebody registers with his number once more."""

_TOLD: Final[Mapping[str, tuple[tuple[str, str, str, bool], ...]]] = {
    "organisation-invited": (("contact", "invitation", "either", False),),
    "participant-promoted": (("person_id", SEAT, "sms", True),),
    "participant-represented": (
        ("person_id", SEAT, "sms", True),
        ("represented_person_id", "represented", "either", False),
    ),
    "participant-withdrawn": (("person_id", "withdrawn", "either", False),),
    "request-withdrawn": (("person_id", "withdrawn", "either", False),),
    "invitation-declined": (("person_id", "declined", "either", False),),
}
"""Fact → whom it is told to, as what, on which channel, and whether somebody who cannot be reached on it is left."""
