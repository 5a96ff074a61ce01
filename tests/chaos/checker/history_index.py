"""A history, indexed: commands with their answers, facts without repetitions, rows and effects by their subject."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from tests.chaos.history import (
    Answered,
    Effect,
    Fact,
    Invoked,
    Poison,
    Record,
    Row,
    Run,
    Settled,
    Taken,
    Unanswered,
    Witnessed,
    read,
)

Place: TypeAlias = tuple[str, int, int]
Stream: TypeAlias = tuple[str, str]
R = TypeVar("R")


@dataclass(slots=True)
class Command:
    """A command, all its final answers in order, and the tries that ended without one."""

    invoked: Invoked
    answers: list[Answered] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its Idempotency-Key."""
        return self.invoked.id

    @property
    def acknowledged(self) -> Answered | None:
        """The first answer that promised something."""
        return next((answer for answer in self.answers if succeeded(answer)), None)

    @property
    def impossible(self) -> bool:
        """Every try was refused: nothing can have happened."""
        return bool(self.answers) and self.acknowledged is None and not self.unanswered

    @property
    def records(self) -> tuple[Record, ...]:
        """Its lines in the history."""
        return (self.invoked, *self.answers, *self.unanswered)


@dataclass(slots=True)
class HistoryIndex:
    """All that the rules ask for. Facts are those of the services: a poison is none.

    `facts` has the first record of each event by its identifier, `repeats` the further ones, which are allowed;
    `streams` has all records of each aggregate's facts in the order of the bus. `by_word` and `by_trace` group `facts`.
    """

    run: Run | None = None
    settled: Settled | None = None
    witnessed: Witnessed | None = None
    commands: dict[str, Command] = field(default_factory=dict)
    strays: list[Answered | Unanswered] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    repeats: list[Fact] = field(default_factory=list)
    poisoned: list[Fact] = field(default_factory=list)
    poisons: dict[Place, Poison] = field(default_factory=dict)
    streams: Mapping[Stream, list[Fact]] = field(default_factory=dict)
    by_trace: Mapping[str, list[Fact]] = field(default_factory=dict)
    by_word: Mapping[str, list[Fact]] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], Mapping[str, list[Row]]] = field(default_factory=dict)
    effects: Mapping[tuple[str, str], Mapping[str, list[Effect]]] = field(default_factory=dict)
    taken: Mapping[str, Mapping[tuple[str, str], list[Taken]]] = field(default_factory=dict)
    _by_kind: Mapping[type[Any], list[Any]] = field(default_factory=dict)
    _lines: Mapping[int, int] = field(default_factory=dict)

    def of(self, kind: type[R]) -> Sequence[R]:
        """All records of one kind, in the order of the history."""
        return self._by_kind.get(kind, [])

    def said(self, *words: str) -> list[Fact]:
        """The facts of these types, without service and version: `participant-registered`."""
        return [fact for word in words for fact in self.by_word.get(word, ())]

    def row(self, service: str, table: str, identifier: str) -> Row | None:
        """One row, if it is there."""
        found = self.rows.get((service, table), {}).get(identifier)
        return found[0] if found else None

    def line_of(self, record: Record) -> int:
        """Where a record of this history stands."""
        return self._lines[id(record)]


def succeeded(answer: Answered) -> bool:
    """A promise, not a refusal."""
    return answer.status < HTTPStatus.BAD_REQUEST


def word_of(fact: Fact) -> str:
    """The fact's own name: `registration.participant-registered.v1` is a `participant-registered`."""
    return fact.type.partition(".")[2].rpartition(".v")[0]


def place_of(record: Any) -> Place:
    """Topic, partition, offset."""
    place: Place = attrgetter("topic", "partition", "offset")(record)
    return place


def stream_of(fact: Fact) -> Stream:
    """The aggregate that says it."""
    return fact.source, fact.subject


def read_history(path: Path) -> HistoryIndex:
    """Read and index a history file. Raises `BadLine`."""
    return index_records(read(path))


def index_records(lines: Iterable[tuple[int, Record]]) -> HistoryIndex:
    """Index the records of a history."""
    everything = list(lines)
    kinds: dict[type[Any], list[Any]] = defaultdict(list)
    for _, record in everything:
        kinds[type(record)].append(record)
    history = HistoryIndex(
        run=_last(kinds[Run]),
        settled=_last(kinds[Settled]),
        witnessed=_last(kinds[Witnessed]),
        poisons={place_of(poison): poison for poison in kinds[Poison]},
        rows=_by_two(kinds[Row], lambda row: (row.service, row.table), lambda row: row.id),
        effects=_by_two(kinds[Effect], lambda effect: (effect.service, effect.what), lambda effect: effect.ref),
        taken=_by_two(kinds[Taken], lambda taken: taken.service, lambda taken: (taken.source, taken.event_id)),
        _by_kind=kinds,
        _lines={id(record): line for line, record in everything},
    )
    _index_commands(history)
    _index_facts(history)
    return history


def _index_commands(history: HistoryIndex) -> None:
    history.commands = {invoked.id: Command(invoked) for invoked in history.of(Invoked)}
    for answered in history.of(Answered):
        if answered.id in history.commands:
            history.commands[answered.id].answers.append(answered)
        else:
            history.strays.append(answered)
    for unanswered in history.of(Unanswered):
        if unanswered.id in history.commands:
            history.commands[unanswered.id].unanswered.append(unanswered)
        else:
            history.strays.append(unanswered)


def _index_facts(history: HistoryIndex) -> None:
    streams: dict[Stream, list[Fact]] = defaultdict(list)
    for fact in sorted(history.of(Fact), key=place_of):
        if place_of(fact) in history.poisons:
            history.poisoned.append(fact)
            continue
        if fact.event_id in history.facts:
            history.repeats.append(fact)
        else:
            history.facts[fact.event_id] = fact
        streams[stream_of(fact)].append(fact)
    history.streams = streams
    history.by_trace = _by(history.facts.values(), attrgetter("trace"))
    history.by_word = _by(history.facts.values(), word_of)


def _by(items: Iterable[R], key: Any) -> dict[Any, list[R]]:
    groups: dict[Any, list[R]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _by_two(items: Iterable[R], first: Any, second: Any) -> dict[Any, dict[Any, list[R]]]:
    groups: dict[Any, dict[Any, list[R]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        groups[first(item)][second(item)].append(item)
    return groups


def _last(found: Sequence[R]) -> R | None:
    return found[-1] if found else None
