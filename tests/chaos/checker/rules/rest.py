"""The system at rest: nothing waits, nothing is held, nothing was laid aside but what nobody can take."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from shared.contracts import SERVICE_NAMES
from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex, place_of
from tests.chaos.checker.vocabulary import hears
from tests.chaos.history import (
    Attempt,
    Invoked,
    Leases,
    Letter,
    Log,
    Outbox,
    Position,
    Record,
    Row,
    Run,
    Settled,
    Unreadable,
    Witnessed,
)

IDENTITIES: Final[Mapping[type[Record], tuple[str, ...]]] = {
    Run: (),
    Invoked: ("id",),
    Settled: (),
    Row: ("service", "table", "id"),
    Position: ("service", "source", "subject"),
    Attempt: ("message_id", "number"),
    Outbox: ("service",),
    Leases: ("service",),
    Log: (),
    Witnessed: (),
}
"""What no two records of a kind have in common."""


def history_incomplete(history: HistoryIndex) -> Iterator[Flaw]:
    """The history goes to its end: a run that has settled, and an inspection that has read everything."""
    parts = {"run": history.run, "settled": history.settled, "witnessed": history.witnessed, "log": history.of(Log)}
    for name in (name for name, part in parts.items() if not part):
        yield Flaw(about="history", what=f"no line {name}")
    outboxes = {outbox.service for outbox in history.of(Outbox)}
    leases = {jobs.service for jobs in history.of(Leases)}
    for service in SERVICE_NAMES:
        if service not in outboxes & leases:
            yield Flaw(about="history", what=f"no line outbox or leases of {service}")


def found_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """A command is invoked once, and what can be there once only was found once."""
    for kind, members in IDENTITIES.items():
        seen: dict[tuple[object, ...], Record] = {}
        for record in history.of(kind):
            identity = tuple(getattr(record, member) for member in members)
            if identity in seen:
                about = " ".join(map(str, identity)) or record.kind
                yield Flaw(about=about, what=f"two lines {record.kind}", proof=(seen[identity], record))
            seen[identity] = record


def not_settled(history: HistoryIndex) -> Iterator[Flaw]:
    """The system came to rest in time."""
    for what in history.settled.stuck if history.settled else ():
        yield Flaw(about="system", what=what, proof=(history.settled,) if history.settled else ())


def outbox_not_empty(history: HistoryIndex) -> Iterator[Flaw]:
    """Every committed fact was sent."""
    for outbox in history.of(Outbox):
        if outbox.pending:
            yield Flaw(about=outbox.service, what=f"{outbox.pending} facts in the outbox", proof=(outbox,))


def key_parked(history: HistoryIndex) -> Iterator[Flaw]:
    """No aggregate's facts are held back."""
    for outbox in history.of(Outbox):
        if outbox.parked:
            yield Flaw(about=outbox.service, what=f"{outbox.parked} keys are parked", proof=(outbox,))


def job_left(history: HistoryIndex) -> Iterator[Flaw]:
    """No job waits, runs, or has died."""
    for leases in history.of(Leases):
        if leases.ready or leases.running or leases.dead:
            what = f"{leases.ready} ready, {leases.running} running, {leases.dead} dead"
            yield Flaw(about=leases.service, what=what, proof=(leases,))


def lease_orphaned(history: HistoryIndex) -> Iterator[Flaw]:
    """No lease is held by nobody."""
    for leases in history.of(Leases):
        if leases.orphan:
            yield Flaw(about=leases.service, what=f"{leases.orphan} orphan leases", proof=(leases,))


def publication_postponed(history: HistoryIndex) -> Iterator[Flaw]:
    """No publication still waits for the end of its meeting to be heard."""
    for cause, effects in history.effects.get(("notification", "postponed"), {}).items():
        yield Flaw(about=cause, what="postponed in notification", proof=tuple(effects))


def letter_unexplained(history: HistoryIndex) -> Iterator[Flaw]:
    """Dead letters, and what waits behind them, are poison and nothing else."""
    for letter in history.of(Letter):
        if place_of(letter) not in history.poisons:
            place = f"{letter.topic}/{letter.partition}/{letter.offset}"
            yield Flaw(about=place, what=f"{letter.state} in {letter.service}: {letter.error}", proof=(letter,))


def poison_without_letter(history: HistoryIndex) -> Iterator[Flaw]:
    """Each poison is one dead letter of each service that hears its topic."""
    letters = Counter((letter.service, *place_of(letter)) for letter in history.of(Letter))
    for place, poison in history.poisons.items():
        for service in SERVICE_NAMES:
            count = letters[service, *place]
            if hears(service, poison.topic) and count != 1:
                about = "/".join(map(str, place))
                yield Flaw(about=about, what=f"{count} dead letters in {service}", proof=(poison,))


def record_unreadable(history: HistoryIndex) -> Iterator[Flaw]:
    """Every record on the bus that is no event is poison."""
    for record in history.of(Unreadable):
        if place_of(record) not in history.poisons:
            yield Flaw(about="/".join(map(str, place_of(record))), what="is no event", proof=(record,))


def poison_vanished(history: HistoryIndex) -> Iterator[Flaw]:
    """What was put into a topic and acknowledged is still there, poison or not."""
    there = {place_of(record) for record in (*history.of(Unreadable), *history.poisoned)}
    for place, poison in history.poisons.items():
        if place not in there:
            yield Flaw(about="/".join(map(str, place)), what="is not on the bus", proof=(poison,))
