"""What facts have led to in the databases of those who hear them: exactly what they must lead to, once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.chaos.checker.expectations import Expected, Subject, expected, subject_of
from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex, word_of
from tests.chaos.checker.seats import AWAITS_PROOF, Seating, seatings
from tests.chaos.history import Effect, Fact, Record

EXPLAINED_ELSEWHERE: Final = frozenset({("notification", "postponed")})
STATUSES: Final = {
    "message-created": "created",
    "message-sent": "sent",
    "message-delivered": "delivered",
    "message-cancelled": "cancelled",
}


def effect_missing(history: HistoryIndex) -> Iterator[Flaw]:
    """Every fact has had its effect in the database of each service that hears it."""
    found = _found(history)
    for subject, (wanted, facts) in _wanted(history).items():
        least = sum(each.least for each in wanted)
        if len(found.get(subject, ())) < least:
            yield Flaw(about=_name(subject), what=f"{len(found.get(subject, ()))} of {least}", proof=facts)


def effect_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No fact has had an effect twice."""
    wanted = _wanted(history)
    for subject, effects in _found(history).items():
        if subject in wanted:
            most = sum(each.most for each in wanted[subject][0])
            if len(effects) > most:
                proof: tuple[Record, ...] = (*effects, *wanted[subject][1])
                yield Flaw(about=_name(subject), what=f"{len(effects)} of {most}", proof=proof)


def effect_without_fact(history: HistoryIndex) -> Iterator[Flaw]:
    """There is no effect of a fact that is not on the bus."""
    wanted = _wanted(history)
    poisoned = {fact.event_id for fact in history.poisoned}
    for subject, effects in _found(history).items():
        if subject not in wanted and effects[0].ref not in poisoned:
            yield Flaw(about=_name(subject), what="no fact leads to this", proof=tuple(effects))


def seat_heard_wrongly(history: HistoryIndex) -> Iterator[Flaw]:
    """Notification and minutes know of every answer what the facts of its meeting tell."""
    for seating in seatings(history).values():
        for effect, told in _heard(history, seating):
            kept = (effect.columns["state"], effect.columns["checked_in"])
            if kept != told:
                what = f"{kept} in {effect.service}, {told} by the facts (state, checked in)"
                yield Flaw(about=f"{effect.what} {effect.ref}", what=what, proof=(effect,))


def status_heard_wrongly(history: HistoryIndex) -> Iterator[Flaw]:
    """Registration knows of every message what the message's last fact says."""
    for identifier, effects in history.effects.get(("registration", "message_status"), {}).items():
        facts = history.streams.get(("/eoffice/notification/message", identifier), [])
        last = max(facts, key=lambda fact: fact.sequence, default=None)
        told = last and (last.refs.get("kind") or STATUSES.get(word_of(last)))
        if last and effects[0].columns["state"] != told:
            what = f"{effects[0].columns['state']} in registration, {told} by the facts"
            yield Flaw(about=f"message {identifier}", what=what, proof=(effects[0], last))


def _heard(history: HistoryIndex, seating: Seating) -> Iterator[tuple[Effect, tuple[str, int]]]:
    for identifier, seat in seating.seats.items():
        state = "requested" if seat.state == AWAITS_PROOF else seat.state
        for place in (("notification", "registration"), ("minutes", "participant")):
            for effect in history.effects.get(place, {}).get(identifier, ()):
                yield effect, (state, int(seat.checked_in))


def _wanted(history: HistoryIndex) -> dict[Subject, tuple[list[Expected], tuple[Fact, ...]]]:
    """By subject; several versions of one thing want one row, several orders to one person one message each."""
    wanted: dict[Subject, list[Expected]] = defaultdict(list)
    for each in expected(history):
        if each.subject[:2] == ("notification", "message") or each.subject not in wanted:
            wanted[each.subject].append(each)
    return {
        subject: (each, tuple({one.fact.event_id: one.fact for one in each}.values()))
        for subject, each in wanted.items()
    }


def _found(history: HistoryIndex) -> dict[Subject, list[Effect]]:
    found: dict[Subject, list[Effect]] = defaultdict(list)
    for effect in history.of(Effect):
        if (effect.service, effect.what) not in EXPLAINED_ELSEWHERE:
            found[subject_of(effect)].append(effect)
    return found


def _name(subject: Subject) -> str:
    service, table, about = subject
    return f"{service}.{table} {about}"
