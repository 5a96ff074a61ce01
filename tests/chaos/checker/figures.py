"""The figures of a run's report, counted from its history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.chaos.checker.finding import Finding, Harm
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.checker.rules.sends import handovers, repeated
from tests.chaos.history import Effect, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How one kind of fault was recovered from; seconds from when it was undone until that part worked again."""

    faults: int
    recovered: int
    median_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a report says of a run.

    `facts` are distinct events on the bus, `repeated_on_bus` their further records; `effects` are rows that facts have
    led to in other databases and in the archive's. `unknown_sends`: attempts of which nobody knows what came of them;
    `sent_again`: requests made because of them. `longest_stall_s`: the longest time in which commands waited and none
    was answered.
    """

    commands: int
    acknowledged: int
    refused: int
    never_answered: int
    facts: int
    repeated_on_bus: int
    effects: int
    lost: int
    duplicated: int
    reordered: int
    overbooked: int
    number_gaps: int
    stuck: int
    wrong: int
    unknown_sends: int
    sent_again: int
    poisons: int
    longest_stall_s: float
    recovery_s: Mapping[str, Recovery]


def figures_of(history: HistoryIndex, findings: Sequence[Finding]) -> Figures:
    """Count; `findings` are those of the same history."""
    harms = {harm: sum(finding.harm is harm for finding in findings) for harm in Harm}
    commands = history.commands.values()
    sends = list(handovers(history).values())
    return Figures(
        commands=len(commands),
        acknowledged=sum(command.acknowledged is not None for command in commands),
        refused=sum(bool(command.answers) and command.acknowledged is None for command in commands),
        never_answered=sum(not command.answers for command in commands),
        facts=len(history.facts),
        repeated_on_bus=len(history.repeats),
        effects=len(history.of(Effect)),
        lost=harms[Harm.LOST],
        duplicated=harms[Harm.DUPLICATED],
        reordered=harms[Harm.REORDERED],
        overbooked=harms[Harm.OVERBOOKED],
        number_gaps=harms[Harm.GAP],
        stuck=harms[Harm.STUCK],
        wrong=harms[Harm.WRONG],
        unknown_sends=sum(handover.unknown for handover in sends),
        sent_again=repeated(sends),
        poisons=len(history.poisons),
        longest_stall_s=round(_longest_stall(history), 3),
        recovery_s=_recoveries(history.of(Fault)),
    )


def _longest_stall(history: HistoryIndex) -> float:
    """The longest time between two answers in which a command was waiting; from its sending, where that was later."""
    longest, waiting, since = 0.0, 0, 0.0
    for at, change in sorted(_changes(history)):
        if change < 0 or not waiting:
            longest, since = max(longest, at - since if waiting else 0.0), at
        waiting += change
    ends = [record.at for record in (history.settled,) if record]
    return max(longest, ends[0] - since if waiting and ends else 0.0)


def _changes(history: HistoryIndex) -> Iterator[tuple[float, int]]:
    """When a command began to wait (+1), and when it was first answered (-1)."""
    for command in history.commands.values():
        yield command.invoked.at, 1
        if command.answers:
            yield max(command.answers[0].at, command.invoked.at), -1


def _recoveries(faults: Iterable[Fault]) -> dict[str, Recovery]:
    moments: dict[str, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for fault in faults:
        moments[fault.fault][fault.number][fault.phase] = fault.at
    return {kind: _recovery(list(each.values())) for kind, each in sorted(moments.items())}


def _recovery(faults: Sequence[Mapping[str, float]]) -> Recovery:
    times = [each["recovered"] - each["ended"] for each in faults if {"ended", "recovered"} <= each.keys()]
    return Recovery(
        faults=len(faults),
        recovered=len(times),
        median_s=round(median(times), 3) if times else None,
        longest_s=round(max(times), 3) if times else None,
    )
