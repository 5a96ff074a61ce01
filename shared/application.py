"""The imperative shell, written once: every door ends in `execute`, every aggregate is five functions.

    load (locks the row) → decide (facts, or a Refusal) → evolve (fold) → save → outbox → jobs    (one transaction)

HTTP, Kafka and the answers of outside systems are three doors into this hall; the transaction is visible at the door.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, Protocol, TypeVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Generic[S, C]):
    """A consistency boundary: `decide`, `evolve` and `plan` are pure, `load` and `save` speak SQL.

    - `load(connection, id, command)` locks the aggregate's row and reads what *this* command needs to be decided.
    - `decide(state, command)` returns the facts, none where nothing changes, or raises a `Refusal`.
    - `evolve(state, fact)` returns the state after the fact, its version one higher.
    - `plan(state, fact)` names the jobs that follow, seen from the state after the fact.
    - `save(connection, before, after, facts)` writes; raises `StaleVersion` or the Refusal of a violated uniqueness.
    """

    name: str
    decide: Callable[[S, C], Sequence[Fact]]
    evolve: Callable[[S, Fact], S]
    plan: Callable[[S, Fact], Sequence[Job]]
    load: Callable[[Connection, Key, C], Awaitable[S]]
    save: Callable[[Connection, S, S, Sequence[Fact]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S]):
    """What a command has led to."""

    state: S
    facts: tuple[Fact, ...]


def no_jobs(state: State, fact: Fact) -> Sequence[Job]:  # noqa: ARG001 -- a `plan`
    """The plan of an aggregate whose facts need nothing done outside."""
    return ()


async def execute(connection: Connection, aggregate: Aggregate[S, C], key: Key, command: C) -> Outcome[S]:
    """Carry out one command in the transaction of `connection`; raises a `Refusal` with nothing written."""
    name = type(command).__name__
    try:
        with COMMAND_SECONDS.labels(command=name).time():
            outcome = await _carry_out(connection, aggregate, key, command)
    except Refusal as refusal:
        COMMANDS.labels(aggregate=aggregate.name, command=name, outcome="refused", refusal=refusal.code).inc()
        if isinstance(refusal, NotPermitted):
            RIGHTS_REFUSED.labels(code=refusal.code).inc()
        log.info(
            Log.COMMAND_REFUSED, command=name, aggregate_id=str(key), code=refusal.code, actor=command.actor.subject
        )
        raise
    COMMANDS.labels(aggregate=aggregate.name, command=name, outcome="accepted", refusal="").inc()
    log.debug(
        Log.COMMAND_ACCEPTED, command=name, aggregate_id=str(key), count=len(outcome.facts), actor=command.actor.subject
    )
    return outcome


async def _carry_out(connection: Connection, aggregate: Aggregate[S, C], key: Key, command: C) -> Outcome[S]:
    before = await aggregate.load(connection, key, command)
    facts = tuple(aggregate.decide(before, command))
    if not facts:
        return Outcome(state=before, facts=())
    states = _fold(aggregate, before, facts)
    await aggregate.save(connection, before, states[-1], facts)
    await outbox.append(
        connection,
        facts,
        aggregate=aggregate.name,
        aggregate_id=str(key),
        first_sequence=before.version + 1,
        actor=command.actor,
        at=command.at,
    )
    planned = [job for state, fact in zip(states, facts, strict=True) for job in aggregate.plan(state, fact)]
    await jobs.enqueue(connection, planned)
    return Outcome(state=states[-1], facts=facts)


def _fold(aggregate: Aggregate[S, C], state: S, facts: Sequence[Fact]) -> list[S]:
    states = reduce(lambda seen, fact: [*seen, aggregate.evolve(seen[-1], fact)], facts, [state])
    return states[1:]
