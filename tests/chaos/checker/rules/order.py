"""The order of each aggregate's facts on the bus; an event may be repeated anywhere after its first record."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex, Stream
from tests.chaos.checker.vocabulary import AGGREGATES, compacted
from tests.chaos.history import Fact


def facts_out_of_order(history: HistoryIndex) -> Iterator[Flaw]:
    """The facts of an aggregate stand on the bus in the order of their numbers, in one partition."""
    for stream, facts in _first_occurrences(history):
        for before, after in pairwise(facts):
            if after.sequence < before.sequence:
                what = f"{before.sequence} at {before.offset}, then {after.sequence} at {after.offset}"
                yield Flaw(about=_name(stream), what=what, proof=(before, after))
            elif (before.topic, before.partition) != (after.topic, after.partition):
                yield Flaw(about=_name(stream), what="in two partitions", proof=(before, after))


def sequence_given_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No two events of an aggregate have the same number."""
    for stream, facts in _first_occurrences(history):
        numbered: dict[int, list[Fact]] = defaultdict(list)
        for fact in facts:
            numbered[fact.sequence].append(fact)
        for sequence, same in numbered.items():
            if len(same) > 1:
                yield Flaw(about=_name(stream), what=f"{len(same)} events with number {sequence}", proof=tuple(same))


def fact_missing_on_the_bus(history: HistoryIndex) -> Iterator[Flaw]:
    """An aggregate of version n has the facts 1 … n on the bus; a compacted topic keeps the last one at least."""
    for source, (service, table) in AGGREGATES.items():
        for identifier, rows in history.rows.get((service, table), {}).items():
            facts = history.streams.get((source, identifier), [])
            version = rows[0].version or 0
            kept = {fact.sequence for fact in facts}
            forgetful = bool(facts) and compacted(facts[0].topic)
            missing = {version} - kept if forgetful else set(range(1, version + 1)) - kept
            if missing:
                what = f"version {version}, but not on the bus: {_some(missing)}"
                yield Flaw(about=f"{table} {identifier}", what=what, proof=(rows[0], *facts[-1:]))


def fact_beyond_the_state(history: HistoryIndex) -> Iterator[Flaw]:
    """Nothing is on the bus that its aggregate's row does not know."""
    for (source, subject), facts in history.streams.items():
        if source not in AGGREGATES:
            yield Flaw(about=_name((source, subject)), what="no such aggregate", proof=(facts[0],))
            continue
        row = history.row(*AGGREGATES[source], subject)
        version = row.version or 0 if row else 0
        beyond = tuple(fact for fact in facts if fact.sequence > version)
        if beyond:
            what = f"version {version}, but on the bus: {_some({fact.sequence for fact in beyond})}"
            yield Flaw(about=_name((source, subject)), what=what, proof=(*beyond, *((row,) if row else ())))


def _first_occurrences(history: HistoryIndex) -> Iterator[tuple[Stream, list[Fact]]]:
    for stream, facts in history.streams.items():
        yield stream, [fact for fact in facts if history.facts[fact.event_id] is fact]


def _name(stream: Stream) -> str:
    return f"{stream[0].rpartition('/')[2]} {stream[1]}"


def _some(numbers: set[int]) -> str:
    first = sorted(numbers)
    return ", ".join(map(str, first[:10])) + (" …" if len(first) > 10 else "")
