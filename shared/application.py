"""The imperative shell, written once: every door ends in `execute`, every aggregate is five functions.

    load (locks the row) → decide (facts, or a Refusal) → evolve (fold) → save → outbox → jobs    (one transaction)

HTTP, Kafka and the answers of outside systems are three doors into this hall; the transaction is visible at the door.
Where many commands share a transaction (`shared.gathering`), a service loads and saves for all of them at once, with
`decide_and_fold` between and `record` at the end.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from prometheus_client import Counter
from pydantic import ValidationError

from shared.contracts import Fact
from shared.database import Connection
from shared.kernel import Command, Job, Key, NotPermitted, Refusal
from shared.messaging import jobs, outbox
from shared.observability.logging import Log, log
from shared.observability.metrics import COMMAND_SECONDS, COMMANDS, RIGHTS_REFUSED


class State(Protocol):
    """What a command is decided on; `version` is the number of facts the aggregate has had."""

    @property
    def version(self) -> int:
        """0 before the first fact."""
        ...


S = TypeVar("S", bound=State)
C = TypeVar("C", bound=Command)


def nothing_private(state: S, command: Command) -> S:  # noqa: ARG001 -- a `keep_private`
    """The state as it is: the `keep_private` of an aggregate whose facts say everything."""
    return state


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Generic[S, C]):
    """A consistency boundary: `decide`, `evolve` and `plan` are pure, `load` and `save` speak SQL.

    - `load(connection, id, command)` locks the aggregate's row and reads what *this* command needs to be decided.
    - `decide(state, command)` returns the facts, none where nothing changes, or raises a `Refusal`.
    - `evolve(state, fact)` returns the state after the fact, its version one higher.
    - `keep_private(state, command)` returns the state with what the command brings and no fact may say (private texts);
      it is asked where facts follow, before they are folded.
    - `plan(state, fact)` names the jobs that follow, seen from the state after the fact.
    - `save(connection, before, after, facts)` writes; raises `StaleVersion` or the Refusal of a violated uniqueness.
    """

    name: str
    decide: Callable[[S, C], Sequence[Fact]]
    evolve: Callable[[S, Fact], S]
    plan: Callable[[S, Fact], Sequence[Job]]
    load: Callable[[Connection, Key, C], Awaitable[S]]
    save: Callable[[Connection, S, S, Sequence[Fact]], Awaitable[None]]
    keep_private: Callable[[S, C], S] = nothing_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S]):
    """What a command has led to."""

    state: S
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[S]):
    """A command that was decided, and all that is to be written; it belongs to the trace and the cause it came with."""

    before: S
    after: S
    facts: tuple[Fact, ...]
    entries: Sequence[outbox.Entry]
    jobs: Sequence[jobs.Order]


def no_jobs(state: State, fact: Fact) -> Sequence[Job]:  # noqa: ARG001 -- a `plan`
    """The plan of an aggregate whose facts need nothing done outside."""
    return ()


async def execute(connection: Connection, aggregate: Aggregate[S, C], key: Key, command: C) -> Outcome[S]:
    """Carry out one command in the transaction of `connection`; raises a `Refusal` with nothing written."""
    with COMMAND_SECONDS.labels(command=type(command).__name__).time():
        settled = decide_and_fold(aggregate, key, await aggregate.load(connection, key, command), command)
        if settled.facts:
            with refusals_told(aggregate, key, command):
                await aggregate.save(connection, settled.before, settled.after, settled.facts)
            await record(connection, [settled])
    accepted(aggregate, key, command, count=len(settled.facts))
    return Outcome(state=settled.after, facts=settled.facts)


def decide_and_fold(aggregate: Aggregate[S, C], key: Key, before: S, command: C) -> Decision[S]:
    """Decide `command` on the state `before`, which is locked; nothing is written yet. Raises the `Refusal`."""
    with refusals_told(aggregate, key, command):
        facts = _decided(aggregate, before, command)
    planned: list[Job] = []
    state = aggregate.keep_private(before, command) if facts else before
    for fact in facts:
        state = aggregate.evolve(state, fact)
        planned += aggregate.plan(state, fact)
    entries = outbox.entries(
        facts,
        aggregate=aggregate.name,
        aggregate_id=str(key),
        first_sequence=before.version + 1,
        actor=command.actor,
        at=command.at,
    )
    return Decision(before=before, after=state, facts=facts, entries=entries, jobs=jobs.orders(planned))


def _decided(aggregate: Aggregate[S, C], before: S, command: C) -> tuple[Fact, ...]:
    try:
        return tuple(aggregate.decide(before, command))
    except ValidationError as error:  # a fact that breaks its contract is not made
        raise outbox.FactInvalid from error


async def record(connection: Connection, settled: Sequence[Decision[Any]]) -> None:
    """Write the facts and the jobs of all, in this order; the states are the caller's to save."""
    await outbox.write(connection, [entry for one in settled for entry in one.entries])
    await jobs.write(connection, [order for one in settled for order in one.jobs])


def accepted(aggregate: Aggregate[S, C], key: Key, command: C, *, count: int) -> None:
    """Tell metrics and log that `command` has led to `count` facts."""
    name = type(command).__name__
    _acceptances(aggregate.name, name).inc()
    log.debug(Log.COMMAND_ACCEPTED, command=name, aggregate_id=str(key), count=count, actor=command.actor.subject)


@cache
def _acceptances(aggregate: str, command: str) -> Counter:
    return COMMANDS.labels(aggregate=aggregate, command=command, outcome="accepted", refusal="")


@contextmanager
def refusals_told(aggregate: Aggregate[S, C], key: Key, command: C) -> Iterator[None]:
    """Tell metrics and log of the Refusal that comes out of what is inside, and let it pass."""
    try:
        yield
    except Refusal as refusal:
        name, code = type(command).__name__, refusal.code
        COMMANDS.labels(aggregate=aggregate.name, command=name, outcome="refused", refusal=code).inc()
        if isinstance(refusal, NotPermitted):
            RIGHTS_REFUSED.labels(code=code).inc()
        log.info(Log.COMMAND_REFUSED, command=name, aggregate_id=str(key), code=code, actor=command.actor.subject)
        raise
