"""Changing a history by hand: finding a record, dropping it, putting another in its place, planting a fact."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from shared.contracts import TOPICS
from tests.chaos.checker.vocabulary import AGGREGATES
from tests.chaos.history import Effect, Fact, Position, Record, Row, Taken
from tests.chaos.planted.bus import TYPES

R = TypeVar("R")
UNUSED = "00000000-0000-4000-8000-00000000dead"
"""An identifier that the simulated system never gives."""


class EditableHistory:
    """A history that can be changed."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)

    def all(self, kind: type[R], **members: Any) -> list[R]:
        """The records of one kind with these members; a member may be asked by a function."""
        return [record for record in self.records if isinstance(record, kind) and _fits(record, members)]

    def first(self, kind: type[R], **members: Any) -> R:
        """The first of them."""
        return self.all(kind, **members)[0]

    def fact(self, word: str, **refs: str) -> Fact:
        """The first fact of this type with these identifiers."""
        return self.first(Fact, type=TYPES[word], refs=lambda found: refs.items() <= found.items())

    def drop(self, *records: Record) -> "EditableHistory":
        """Without these."""
        gone = set(map(id, records))
        self.records = [record for record in self.records if id(record) not in gone]
        return self

    def add(self, *records: Record) -> "EditableHistory":
        """With these besides."""
        self.records += records
        return self

    def change(self, record: Any, **members: Any) -> "EditableHistory":
        """With other members in one record."""
        place = next(index for index, each in enumerate(self.records) if each is record)
        self.records[place] = replace(record, **members)
        return self

    def columns(self, record: Row | Effect, **columns: str | int | None) -> "EditableHistory":
        """With other columns in one row."""
        return self.change(record, columns=record.columns | columns)

    def plant(self, fact: Fact, *, taken: bool = True) -> "EditableHistory":
        """One more fact, taken by all who hear its topic and known to its aggregate's row."""
        self.add(fact)
        if taken:
            readers = TOPICS[fact.topic].readers
            self.add(*(Taken(service=service, source=fact.source, event_id=fact.event_id) for service in readers))
            if "archive" in readers:
                self.add(Effect(service="archive", what="fact", ref=fact.event_id, id=fact.event_id))
        self.advance(fact)
        return self

    def advance(self, fact: Fact) -> None:
        """Row and positions of the fact's aggregate are at its number."""
        service, table = AGGREGATES[fact.source]
        for row in self.all(Row, service=service, table=table, id=fact.subject):
            self.change(row, version=max(row.version or 0, fact.sequence))
        for position in self.all(Position, source=fact.source, subject=fact.subject):
            self.change(position, seq=max(position.seq, fact.sequence))

    def next_after(self, fact: Fact, **members: Any) -> Fact:
        """A further fact like `fact`, at the end of its aggregate's."""
        last = max(each.sequence for each in self.all(Fact, source=fact.source, subject=fact.subject))
        end = max(each.offset for each in self.all(Fact)) + 1
        fresh: dict[str, Any] = {"event_id": UNUSED, "sequence": last + 1, "offset": end}
        return replace(fact, **fresh | members)


def _fits(record: Any, members: dict[str, Any]) -> bool:
    return all(_is(getattr(record, name), wanted) for name, wanted in members.items())


def _is(value: Any, wanted: Any | Callable[[Any], bool]) -> bool:
    return bool(wanted(value)) if callable(wanted) else bool(value == wanted)
