# ruff: noqa: SLF001 -- production's statements are what is compared
"""Scripts for the PostgreSQL model and the real one: sessions that do random things with few rows, step by step."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from shared.http import idempotency
from shared.messaging import jobs, outbox
from shared.messaging.consumer import batch, dead_letters, halt, inbox
from shared.messaging.relay import horizon, relay
from tests.model import work_statements as work
from tests.model.bus_statements import READ_ONLY
from tests.model.mutants import DONE_UNFENCED, READ_TO_XMAX, READ_UNLOCKED

SESSIONS = 3
STEPS = 40
_HOUR, _HALF_AN_HOUR, _AT_ONCE = timedelta(hours=1), timedelta(minutes=30), timedelta(0)
_UNSAID = ("running", "coming", "coalesce")  # numbers and times of one server


class Speaker(Protocol):
    """A connection, of asyncpg or of the model."""

    async def fetch(self, query: str, *arguments: Any) -> Sequence[Any]:
        """Rows."""
        ...

    async def execute(self, query: str, *arguments: Any) -> str:
        """Status."""
        ...

    def transaction(self) -> Any:
        """A transaction; inside another one a savepoint."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """What one session does: a statement, `begin`, `commit`, `rollback`, or `cut`."""

    session: int
    act: str
    arguments: tuple[Any, ...] = ()


def script(seed: int) -> list[Step]:
    """Random steps; a transaction is begun now and then, and everything is ended in the end."""
    chance = random.Random(seed)  # noqa: S311 -- must repeat itself
    acts = [*STATEMENTS, *("begin", "mark", "back") * 2, *("commit", "rollback", "cut")]
    steps = []
    for _ in range(STEPS):
        act = chance.choice(acts)
        arguments = STATEMENTS[act][1](chance) if act in STATEMENTS else ()
        steps.append(Step(chance.randrange(SESSIONS), act, tuple(arguments)))
    return steps


class Place(Protocol):
    """A server to run scripts on."""

    pause: float
    """Seconds between two looks at who waits."""

    async def connect(self) -> Any:
        """A new session."""
        ...

    async def blocked(self, session: Any) -> bool:
        """Whether it waits for a lock."""
        ...

    async def cut(self, session: Any) -> None:
        """Break it off; returns when the server has noticed."""
        ...


class ScriptRunner:
    """Runs a script on one server."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._sessions: dict[int, Any] = {}
        self._open: dict[int, list[Any]] = {}
        self._asked: dict[int, asyncio.Task[str]] = {}

    async def run(self, steps: Sequence[Step]) -> list[tuple[str, ...]]:
        """What every step was answered, in the order in which it was asked and became known."""
        told = []
        for step in steps:
            if len(self._asked) > 1:
                break  # two wait: whoever comes first when they are let go is a matter of chance
            if step.session in self._asked:
                continue  # it waits
            if step.act == "cut":
                if step.session in self._sessions:
                    await self._place.cut(self._sessions.pop(step.session))
                    told.append((str(step.session), step.act, *await self._heard()))
                continue
            if step.session not in self._sessions:
                self._sessions[step.session] = await self._place.connect()
                self._open[step.session] = []
            self._asked[step.session] = asyncio.create_task(self._do(step))
            told.append((str(step.session), step.act, *await self._heard()))
        for session in self._sessions.values():
            await self._place.cut(session)
        await asyncio.gather(*self._asked.values(), return_exceptions=True)
        return told

    async def _heard(self) -> list[str]:
        """Wait until everybody has an answer or waits for a lock; the answers, by session."""
        while True:
            await asyncio.sleep(self._place.pause)
            waiting = [number for number, task in self._asked.items() if not task.done()]
            # Asked twice: who was let go on between two looks is not waiting.
            still = [await self._place.blocked(self._sessions[number]) for number in waiting]
            if all(still) and not any(self._asked[number].done() for number in waiting):
                break
        done = {number: task.result() for number, task in sorted(self._asked.items()) if task.done()}
        for number in done:
            del self._asked[number]
        return [f"{number}: {result}" for number, result in done.items()]

    async def _do(self, step: Step) -> str:
        session, opened = self._sessions[step.session], self._open[step.session]
        try:
            match step.act:
                case "begin" | "mark" if bool(opened) == (step.act == "mark"):
                    transaction = session.transaction()
                    await transaction.__aenter__()
                    opened.append(transaction)
                case "commit" | "rollback" | "back" if opened:
                    await self._end(opened, step.act)
                case _ if step.act in STATEMENTS:
                    return await _ask(session, step)
        except asyncpg.PostgresError as error:
            return type(error).__name__
        return "done"

    async def _end(self, opened: list[Any], act: str) -> None:
        """Commit or roll back all levels; `back` undoes the innermost."""
        ends = len(opened) if act != "back" else 1
        for _ in range(ends):
            if act == "commit":
                await opened.pop().__aexit__(None, None, None)
            else:
                with_error = _Undo()
                await opened.pop().__aexit__(_Undo, with_error, None)


class _Undo(Exception):
    """Rolls back."""


async def _ask(session: Speaker, step: Step) -> str:
    text, _ = STATEMENTS[step.act]
    if " RETURNING " in text or "SELECT" in text.split("(")[0].upper().split("\n")[0] or step.act in _ROWS:
        rows = [
            {n: v for n, v in row.items() if n not in _UNSAID} for row in await session.fetch(text, *step.arguments)
        ]
        return str(sorted(map(str, rows)))
    return await session.execute(text, *step.arguments)


_ROWS = ("take", "claim", "read", "positions", "waiting")


def _event(chance: random.Random) -> list[Any]:
    number, key = chance.randrange(1, 9), chance.choice("ab")
    columns: tuple[Any, ...] = (
        UUID(int=number),
        "meeting",
        key,
        number,
        "t",
        "topic",
        key,
        {"a": "b"},
        b"x",
    )
    return [[value] for value in columns]


def _lock_of(chance: random.Random) -> list[Any]:
    key = chance.choice("kl")
    return [["me"], [key], [ord(key)]]


def _kept(chance: random.Random) -> list[Any]:
    values: tuple[Any, ...] = ("me", chance.choice("kl"), b"h", 201, {}, b"body")
    return [[value] for value in values]


def _letter(chance: random.Random) -> list[Any]:
    key = chance.choice("ab")
    return [
        "g",
        "topic",
        0,
        chance.randrange(4),
        key,
        key.encode(),
        [],
        b"x",
        "error",
        chance.choice(["dead", "parked"]),
    ]


def _job(chance: random.Random) -> list[Any]:
    name, key, deadline = f"n{chance.randrange(4)}", chance.choice("ab"), chance.choice([None, _HALF_AN_HOUR])
    values: tuple[Any, ...] = ("send", name, key, {}, {}, None, deadline)
    return [[value] for value in values]


def _names(chance: random.Random) -> list[str]:
    return sorted(chance.sample("abcd", 2))


STATEMENTS: dict[str, tuple[str, Callable[[random.Random], Sequence[Any]]]] = {
    "can write": (READ_ONLY, lambda _: []),
    "say": (outbox._INSERT, _event),
    "read": (horizon.READ, lambda c: [c.randrange(3), c.choice([1, 5]), ["topic"], [c.choice("bz")]]),
    "read to xmax": (READ_TO_XMAX, lambda _: [0, 5, [], []]),
    "read unlocked": (READ_UNLOCKED, lambda _: []),
    "move to published": (relay._MOVE, lambda c: [[c.randrange(1, 6), c.randrange(1, 6)]]),
    "lead": (relay._CLAIM, lambda c: [c.randrange(2)]),
    "park": (relay._PARK, lambda c: ["topic", c.choice("ab"), "error"]),
    "parked": (relay._PARKED, lambda _: []),
    "pending": (relay._STATE, lambda _: []),
    "take": (inbox._TAKE, lambda c: ["g", ["s", "s"], _names(c)]),
    "positions": (inbox._POSITIONS, lambda c: ["g", ["s", "s"], _names(c)]),
    "move": (inbox._MOVE, lambda c: ["g", ["s"], [c.choice("ab")], [c.randrange(1, 9)], [c.choice(["", "1,2"])]]),
    "check": (batch._CHECK_CONSTRAINTS, lambda _: []),
    "swift": (relay._SWIFT, lambda _: []),
    "waiting": (dead_letters._KEYS, lambda _: ["g", "topic", ["a", "b"]]),
    "letter": (dead_letters._ADD, _letter),
    "went on": (halt._WENT_ON, lambda _: ["g"]),
    "enqueue": (jobs._ENQUEUE, _job),
    "claim": (jobs._CLAIM, lambda c: [["send"], c.choice([1, 3]), c.choice([_AT_ONCE, _HOUR])]),
    "done": (jobs._DONE, lambda c: [c.randrange(1, 5), c.randrange(1, 3)]),
    "done unfenced": (DONE_UNFENCED, lambda c: [c.randrange(1, 5), 1]),
    "again": (
        jobs._AGAIN,
        lambda c: [c.randrange(1, 5), 1, c.choice([True, False]), c.choice([_AT_ONCE, _HOUR]), "e"],
    ),
    "due": (jobs._STATE, lambda _: []),
    "recall": (idempotency._TAKE, _lock_of),
    "keep": (idempotency._KEEP, _kept),
    "open": (work.OPEN_VENUE, lambda c: [c.choice("ab"), 5]),
    "lock": (work.LOCK_VENUE, lambda c: [c.choice("ab")]),
    "seat": (work.SEAT, lambda c: [c.choice("ab"), 1, c.randrange(9)]),
    "hear": (work.HEAR, lambda c: ["e", "a", c.randrange(9)]),
}
