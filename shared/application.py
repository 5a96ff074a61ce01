"""Executes commands: the one place that loads an aggregate, decides, and saves state, facts and jobs in a transaction.

    load (locks the row) → decide (facts, or a Refusal) → evolve (fold) → save → outbox → jobs    (one transaction)

Routes, subscribers and answers of effects all end in `execute`; each of them begins the transaction itself, where it
can be seen. If many commands share a transaction (`shared.group_commit`), the service loads and saves all of their
aggregates at once, with `decide_and_fold` for each between, and `record` at the end.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Generic, Protocol, TypeVar

from prometheus_client import Counter
from pydantic import ValidationError

from shared.contracts import Fact
from shared.database import Connection, after_commit
from shared.kernel import Command, Job, Key, NotPermitted, Refusal
from shared.messaging import jobs, outbox
from shared.observability.logging import Log, log
from shared.observability.metrics import COMMAND_SECONDS, COMMANDS, RIGHTS_REFUSED


class State(Protocol):
    """The state of an aggregate; `version` is the number of its facts so far."""

    @property
    def version(self) -> int:
        """0 before the first fact."""
        ...


S = TypeVar("S", bound=State)
C = TypeVar("C", bound=Command)


def not_counted(state: State, fact: Fact) -> None:
    """The `count` of an aggregate whose service counts none of its facts."""


def nothing_private(state: S, command: Command) -> S:  # noqa: ARG001 -- a `keep_private`
    """The state unchanged: the `keep_private` of an aggregate without private texts."""
    return state


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Generic[S, C]):
    """A consistency boundary as functions: `decide`, `evolve` and `plan` are pure, `load` and `save` use SQL.

    - `load(connection, id, command)` locks the row of the aggregate and reads what this command needs; it may wait.
    - `decide(state, command)` returns the facts (none if nothing changes) or raises a `Refusal`.
    - `evolve(state, fact)` returns the state after the fact, with a version that is one higher.
    - `keep_private(state, command)` returns the state with what the command contains but no fact may (private texts);
      it is called before the facts are folded, if there are any.
    - `plan(state, fact)` returns the jobs that follow from a fact; `state` is the one after it.
    - `save(connection, before, after, facts)` writes; raises `StaleVersion`, or a Refusal if a value is not unique.
    - `count(state, fact)` counts a committed fact in the metrics of the service; `state` is the one after the command.
    """

    name: str
    decide: Callable[[S, C], Sequence[Fact]]
    evolve: Callable[[S, Fact], S]
    plan: Callable[[S, Fact], Sequence[Job]]
    load: Callable[[Connection, Key, C], Awaitable[S]]
    save: Callable[[Connection, S, S, Sequence[Fact]], Awaitable[None]]
    keep_private: Callable[[S, C], S] = nothing_private
    count: Callable[[S, Fact], None] = not_counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S]):
    """The result of a command: the state after it and its facts."""

    state: S
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[S]):
    """A decided command with everything that is to be written for it; nothing is written yet."""

    before: S
    after: S
    facts: tuple[Fact, ...]
    entries: Sequence[outbox.Entry]
    jobs: Sequence[jobs.Order]
    count: Callable[[S, Fact], None]


def no_jobs(state: State, fact: Fact) -> Sequence[Job]:  # noqa: ARG001 -- a `plan`
    """The `plan` of an aggregate without jobs."""
    return ()


async def execute(connection: Connection, aggregate: Aggregate[S, C], key: Key, command: C) -> Outcome[S]:
    """Execute one command in the transaction of `connection`, which the caller commits.

    It waits for the lock of the aggregate. Raises the `Refusal` of the command; then the caller must let the
    transaction roll back.
    """
    with COMMAND_SECONDS.labels(command=type(command).__name__).time():
        decision = decide_and_fold(aggregate, key, await aggregate.load(connection, key, command), command)
        if decision.facts:
            with report_refusals(aggregate, key, command):
                await aggregate.save(connection, decision.before, decision.after, decision.facts)
            await record(connection, [decision])
    report_accepted(aggregate, key, command, count=len(decision.facts))
    return Outcome(state=decision.after, facts=decision.facts)


def decide_and_fold(aggregate: Aggregate[S, C], key: Key, before: S, command: C) -> Decision[S]:
    """Decide `command` on the state `before`, whose row the caller has locked; writes nothing. Raises the `Refusal`."""
    with report_refusals(aggregate, key, command):
        facts = _facts_of(aggregate, before, command)
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
    orders = jobs.orders(planned)
    return Decision(before=before, after=state, facts=facts, entries=entries, jobs=orders, count=aggregate.count)


def _facts_of(aggregate: Aggregate[S, C], before: S, command: C) -> tuple[Fact, ...]:
    try:
        return tuple(aggregate.decide(before, command))
    except ValidationError as error:  # a value of the command does not fit the contract of the fact
        raise outbox.FactInvalid from error


async def record(connection: Connection, decisions: Sequence[Decision[Any]]) -> None:
    """Write the facts and the jobs of all decisions, in this order; the caller saves the states and commits."""
    await outbox.write(connection, [entry for one in decisions for entry in one.entries])
    await jobs.write(connection, [order for one in decisions for order in one.jobs])
    counted = [(one.count, one.after, one.facts) for one in decisions if one.count is not not_counted]
    after_commit(partial(_count, counted))  # not the decisions: 100,000 of one transaction would be kept until its end


def _count(counted: Sequence[tuple[Callable[[Any, Fact], None], Any, tuple[Fact, ...]]]) -> None:
    for count, state, facts in counted:
        for fact in facts:
            count(state, fact)


def report_accepted(aggregate: Aggregate[S, C], key: Key, command: C, *, count: int) -> None:
    """Log that `command` was accepted and has led to `count` facts, and count it when that is committed."""
    name = type(command).__name__
    after_commit(_acceptances(aggregate.name, name).inc)
    log.debug(Log.COMMAND_ACCEPTED, command=name, aggregate_id=str(key), count=count, actor=command.actor.subject)


@cache
def _acceptances(aggregate: str, command: str) -> Counter:
    return COMMANDS.labels(aggregate=aggregate, command=command, outcome="accepted", refusal="")


@contextmanager
def report_refusals(aggregate: Aggregate[S, C], key: Key, command: C) -> Iterator[None]:
    """Context that counts and logs a `Refusal` raised inside it; the exception is passed on."""
    try:
        yield
    except Refusal as refusal:
        name, code = type(command).__name__, refusal.code
        COMMANDS.labels(aggregate=aggregate.name, command=name, outcome="refused", refusal=code).inc()
        if isinstance(refusal, NotPermitted):
            RIGHTS_REFUSED.labels(code=code).inc()
        log.info(Log.COMMAND_REFUSED, command=name, aggregate_id=str(key), code=code, actor=command.actor.subject)
        raise
