"""What facts must lead to in the databases of those who hear them: how many rows of which kind, and why.

A row is known by its service, its table and what it is about; a message by its cause, its recipient and its template.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.chaos.checker.seats import house_of, replay
from tests.chaos.checker.story import Story, word_of
from tests.chaos.checker.vocabulary import ANSWERS, hears
from tests.chaos.history import Effect, Fact

Subject: TypeAlias = tuple[str, str, str]

PROJECTED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "organisation-recorded": (("notification", "organisation"), ("minutes", "organisation")),
    "person-recorded": (("notification", "person"), ("minutes", "person")),
    "meeting-drafted": (("notification", "meeting"), ("minutes", "meeting")),
    "message-created": (("registration", "message_status"),),
    **dict.fromkeys(ANSWERS, (("notification", "registration"), ("minutes", "participant"))),
}
"""Fact → the tables of others that have one row for what it is about."""

EITHER: Final = ("sms", "email")


@dataclass(frozen=True, slots=True)
class Expected:
    """So many rows about `subject` must be there because of `fact`."""

    subject: Subject
    least: int
    most: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody must be told something; `leave`: not at all where he cannot be reached on this channel."""

    fact: Fact
    person: str
    template: str
    channel: str
    leave: bool = False


def expected(story: Story) -> Iterator[Expected]:
    """Everything that the facts must have led to."""
    for fact in story.facts.values():
        if hears("archive", fact.topic):
            yield Expected(("archive", "fact", fact.event_id), 1, 1, fact)
        about = fact.refs["registration_id"] if word_of(fact) in ANSWERS else fact.subject
        for service, table in PROJECTED.get(word_of(fact), ()):
            yield Expected((service, table, about), 1, 1, fact)
        if word_of(fact) == "record-sealed":
            yield Expected(("archive", "log_entry", f"record-{fact.subject}"), 1, 1, fact)
    for order in orders(story):
        least, most = _messages(story, order)
        about = f"{order.fact.event_id} {order.person} {order.template}"
        yield Expected(("notification", "message", about), least, most, order.fact)


def subject_of(effect: Effect) -> Subject:
    """What a row that was found is about."""
    if (effect.service, effect.what) != ("notification", "message"):
        return effect.service, effect.what, effect.ref
    template = "rescheduled" if effect.columns["template"] == "venue_changed" else effect.columns["template"]
    return effect.service, effect.what, f"{effect.ref} {effect.columns['person_id']} {template}"


def orders(story: Story) -> Iterator[Order]:
    """Who must be told what because of each fact, once for each channel."""
    for fact in story.said(*_TOLD):
        template, channel, leave = _TOLD[word_of(fact)]
        yield Order(fact, fact.refs.get("contact") or fact.refs["person_id"], template, channel, leave)
    for fact in story.said("participant-registered"):
        queued = fact.refs["state"] == "waitlisted"
        template, channel = ("waitlisted", "either") if queued else ("registered", "sms")
        yield Order(fact, fact.refs["person_id"], template, channel, leave=not queued)
    for fact in story.said("participant-checked-in"):
        if fact.refs.get("offline") != "true":
            yield Order(fact, fact.refs["person_id"], "checked_in", "sms", leave=True)
    yield from _changes(story)
    for fact in story.said("minutes-published"):
        for seat in house_of(story, fact.refs["meeting_id"]).seats.values():
            if seat.checked_in or seat.state == "confirmed":
                yield Order(fact, seat.person, "minutes_signed", "either")


def _changes(story: Story) -> Iterator[Order]:
    """A meeting that moves or is called off: everybody who has a seat or waits for one, on both channels."""
    words = {"meeting-rescheduled": "rescheduled", "meeting-cancelled": "cancelled"}
    for meeting in {fact.subject for fact in story.said(*words)}:
        for fact, house in replay(story, meeting):
            for person in house.told() if word_of(fact) in words else ():
                for channel in EITHER:
                    yield Order(fact, person, words[word_of(fact)], channel, leave=True)


def _messages(story: Story, order: Order) -> tuple[int, int]:
    """How many messages an order leads to: one, unless its recipient cannot be reached as it wants."""
    found = story.effects.get(("notification", "person"), {}).get(order.person)
    contact = found[0].columns if found else {}
    if contact.get("erased"):
        return 0, 1
    reachable = bool(contact.get("mobile") or contact.get("email"))
    unreached = order.leave and reachable and not contact.get("mobile" if order.channel == "sms" else "email")
    return (0, 1) if unreached else (1, 1)  # where he was not known yet, the message exists and was cancelled


_TOLD: Final[Mapping[str, tuple[str, str, bool]]] = {
    "organisation-invited": ("invitation", "email", False),
    "ticket-issued": ("registered", "email", True),
    "participant-promoted": ("promoted", "either", False),
    "participant-represented": ("delegated", "either", False),
    "invitation-declined": ("declined", "either", False),
}
