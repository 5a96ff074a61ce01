"""The services' own rows against their facts: one row for each, nothing besides, and the state that the facts tell."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex, word_of
from tests.chaos.checker.seats import Seating, seatings
from tests.chaos.checker.vocabulary import AGGREGATES, REQUESTED, ROWS_OF
from tests.chaos.history import Fact, Row

MESSAGE_STATES = {
    "message-held": "awaiting_contact",
    "message-created": "created",
    "message-sent": "sent",
    "message-delivered": "delivered",
    "message-cancelled": "cancelled",
}
MINUTES_STATES = {
    "minutes-started": "opened",
    "minutes-drafted": "draft",
    "minutes-submitted": "in-review",
    "minutes-returned": "draft",
    "minutes-approved": "approved",
    "minutes-signed": "signed",
    "minutes-published": "published",
    "minutes-filed": "filed",
}
RECORD_STATES = {
    "record-opened": "collecting",
    "record-completed": "complete",
    "sealing-begun": "sealing",
    "record-sealed": "sealed",
}


def fact_without_row(history: HistoryIndex) -> Iterator[Flaw]:
    """Every fact that adds a row has it."""
    for fact in history.said(*ROWS_OF):
        service, table, identifier = _place(fact)
        if history.row(service, table, identifier) is None:
            yield Flaw(about=f"{table} {identifier}", what=f"{word_of(fact)}, but no row", proof=(fact,))


def row_without_fact(history: HistoryIndex) -> Iterator[Flaw]:
    """Every row was added by a fact."""
    told = {_place(fact) for fact in history.said(*ROWS_OF)}
    for service, table, _ in set(ROWS_OF.values()):
        for identifier, rows in history.rows.get((service, table), {}).items():
            if (service, table, identifier) not in told:
                yield Flaw(about=f"{table} {identifier}", what="no fact tells of this row", proof=tuple(rows))


def row_told_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No two facts add the same row."""
    told: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    requested = {_place(fact) for fact in history.said(REQUESTED)}
    for fact in history.said(*ROWS_OF):
        if word_of(fact) != "participant-registered" or _place(fact) not in requested:
            told[_place(fact)].append(fact)
    for (_, table, identifier), facts in told.items():
        if len(facts) > 1:
            yield Flaw(about=f"{table} {identifier}", what=f"{len(facts)} facts add this row", proof=tuple(facts))


def seat_differs_from_facts(history: HistoryIndex) -> Iterator[Flaw]:
    """State, position, ticket and check-in of a registration are those that the facts of its meeting tell."""
    for seating in seatings(history).values():
        for identifier, seat in seating.seats.items():
            row = history.row("registration", "registration", identifier)
            if row is None:
                continue
            told = (seat.state, seat.position, len(seat.tickets), int(seat.checked_in))
            kept = (row.state, *(row.columns[name] for name in ("position", "ticket_serial", "checked_in")))
            if told != kept:
                what = f"{kept} in the row, {told} by the facts (state, position, ticket, checked in)"
                yield Flaw(about=f"registration {identifier}", what=what, proof=(row, seat.fact))


def meeting_differs_from_facts(history: HistoryIndex) -> Iterator[Flaw]:
    """Phase and counts of a meeting are those that its facts tell."""
    for identifier, seating in seatings(history).items():
        row = history.row("registration", "meeting", identifier)
        if row is None:
            continue
        told = (seating.phase, *_counts(seating))
        kept = (row.state, *(row.columns[name] for name in ("capacity", "confirmed", "waitlisted", "queue_last")))
        if told != kept:
            what = f"{kept} in the row, {told} by the facts (phase, capacity, confirmed, waitlisted, last position)"
            yield Flaw(about=f"meeting {identifier}", what=what, proof=(row,))


def state_differs_from_facts(history: HistoryIndex) -> Iterator[Flaw]:
    """The state of a message, of minutes and of a record is that of its last fact that says one."""
    for source, states in (
        ("/eoffice/notification/message", MESSAGE_STATES),
        ("/eoffice/minutes/minutes", MINUTES_STATES),
        ("/eoffice/archive/record", RECORD_STATES),
    ):
        for identifier, rows in history.rows.get(AGGREGATES[source], {}).items():
            fact = _last(history, (source, identifier), frozenset(states) | {"message-failed"})
            told = None if fact is None else fact.refs.get("kind") or states.get(word_of(fact))
            if fact is not None and not _agree(rows[0], told):
                what = f"{rows[0].state} in the row, {told} by the facts"
                yield Flaw(about=f"{rows[0].table} {identifier}", what=what, proof=(rows[0], fact))


def minutes_differ_from_facts(history: HistoryIndex) -> Iterator[Flaw]:
    """Revision, number, decisions and actions of minutes are those that their facts tell."""
    for identifier, rows in history.rows.get(("minutes", "minutes"), {}).items():
        facts = history.streams.get(("/eoffice/minutes/minutes", identifier), [])
        told = {
            "revision": _newest(facts, "revision", default="0"),
            "number": _newest([fact for fact in facts if word_of(fact) == "minutes-approved"], "number", default=None),
            "decisions": str(len({fact.event_id for fact in facts if word_of(fact) == "decision-recorded"})),
            "actions": str(len({fact.event_id for fact in facts if word_of(fact) == "action-assigned"})),
        }
        kept = {name: None if rows[0].columns[name] is None else str(rows[0].columns[name]) for name in told}
        if told != kept:
            yield Flaw(about=f"minutes {identifier}", what=f"{kept} in the row, {told} by the facts", proof=(rows[0],))


def _newest(facts: Sequence[Fact], member: str, *, default: str | None) -> str | None:
    """What the last fact that has this member says."""
    named = [fact for fact in facts if member in fact.refs]
    return max(named, key=lambda fact: fact.sequence).refs[member] if named else default


def _agree(row: Row, told: str | None) -> bool:
    """`sending` is no fact: the attempt was written down and has not ended."""
    return row.state == told or (row.state, told) == ("sending", "created")


def _counts(seating: Seating) -> tuple[int, int, int, int]:
    return seating.capacity, len(seating.confirmed), len(seating.queue), seating.queue_last


def _last(history: HistoryIndex, stream: tuple[str, str], words: frozenset[str]) -> Fact | None:
    facts = [fact for fact in history.streams.get(stream, ()) if word_of(fact) in words]
    return max(facts, key=lambda fact: fact.sequence, default=None)


def _place(fact: Fact) -> tuple[str, str, str]:
    service, table, member = ROWS_OF[word_of(fact)]
    if member == "scan":
        return service, table, "/".join((fact.subject, fact.refs["device"], fact.refs["nonce"]))
    return service, table, fact.refs[member]
