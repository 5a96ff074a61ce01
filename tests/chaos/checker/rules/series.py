"""Numbers without gaps, and the archive's log."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.history import Log, Number


def number_missing(history: HistoryIndex) -> Iterator[Flaw]:
    """The numbers of a series are 1, 2, 3, … up to the last that was given."""
    for series, numbers in _series(history).items():
        row = history.row("minutes", "number_series", series)
        given = row.columns["last"] if row else None
        last = max(*numbers, given) if isinstance(given, int) else max(numbers)
        for number in sorted(set(range(1, last + 1)) - numbers.keys()):
            proof = tuple(each for nearby in (number - 1, number + 1) for each in numbers.get(nearby, ())[:1])
            yield Flaw(about=series, what=f"{number} is missing", proof=(*proof, *((row,) if row else ())))


def number_given_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No number is given twice."""
    for series, numbers in _series(history).items():
        for number, given in numbers.items():
            if len(given) > 1:
                yield Flaw(about=series, what=f"{number} was given {len(given)} times", proof=tuple(given))


def log_broken(history: HistoryIndex) -> Iterator[Flaw]:
    """The archive's log proves itself and every package."""
    for log in history.of(Log):
        if not log.intact:
            yield Flaw(about="log", what="; ".join(log.flaws) or "not intact", proof=(log,))


def log_incomplete(history: HistoryIndex) -> Iterator[Flaw]:
    """The log holds one entry, and the folder one package, for each sealed record."""
    sealed = len(history.said("record-sealed"))
    for log in history.of(Log):
        if (log.size, log.packages) != (sealed, sealed):
            what = f"{log.size} entries and {log.packages} packages for {sealed} sealed records"
            yield Flaw(about="log", what=what, proof=(log,))


def log_place_differs(history: HistoryIndex) -> Iterator[Flaw]:
    """A sealed record lies in the log where it says, and nothing else lies there."""
    places = Counter(fact.refs["log_index"] for fact in history.said("record-sealed"))
    for fact in history.said("record-sealed"):
        entries = history.effects.get(("archive", "log_entry"), {}).get(f"record-{fact.subject}", ())
        index = fact.refs["log_index"]
        if places[index] > 1 or any(entry.id != index for entry in entries):
            what = f"at {index} by its fact, at {', '.join(entry.id for entry in entries)} in the log"
            yield Flaw(about=f"record {fact.subject}", what=what, proof=(fact, *entries))


def _series(history: HistoryIndex) -> dict[str, dict[int, list[Number]]]:
    series: dict[str, dict[int, list[Number]]] = defaultdict(lambda: defaultdict(list))
    for number in history.of(Number):
        series[number.series][number.number].append(number)
    return series
