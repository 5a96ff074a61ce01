"""Group commit: requests that arrive while a transaction is running share the next transaction.

A transaction costs a dozen round trips to PostgreSQL, whether it has one command or fifty. So a busy route does not use
one transaction for each request: requests that arrive while one is running are executed together in the next. If none
is running, a request is executed at once and alone; it never waits for others to come.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from shared.kernel import Unavailable
from shared.observability.metrics import GROUP_COMMIT_REQUESTS, GROUP_COMMIT_SECONDS

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Busy(Exception):
    """The answer to a request whose row another transaction has locked; nothing was written for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedRequest(Generic[Request]):
    """One request of a group; use `context.run` for what belongs to the trace of this request.

    `wait`: for a row that another transaction has locked; otherwise the answer is `Busy`.
    """

    request: Request
    context: Context
    wait: bool = True


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Request, Answer]):
    grouped: GroupedRequest[Request]
    answer: "asyncio.Future[Answer]"


class GroupCommit(Generic[Request, Answer]):
    """Calls `carry_out` with all waiting requests, at most `limit` of them.

    `carry_out` executes them in one transaction and returns, in their order, the answer of each or the exception to
    raise. If it raises, it must have written nothing; then it is called again for each request alone, so that one bad
    request does not harm the others (not for `Unavailable`, which all of them get).

    There are `lanes` groups at the same time, so that this process computes while PostgreSQL works. Requests with the
    same key (of the row that they lock) are always in the same lane, so that groups do not wait for each other.

    With `skips_locked`, `carry_out` answers `Busy` where somebody else holds the row. Requests with this key have a
    lane of their own then, in which they wait for it, until that lane is empty: the others do not wait with them.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[GroupedRequest[Request]]], Awaitable[Sequence[Answer | Exception]]],
        *,
        name: str,
        lanes: int = 1,
        limit: int = 100,
        skips_locked: bool = False,
    ) -> None:
        self._waiting_lane = partial(_Lane[Request, Answer], carry_out, name=name, limit=limit)
        self._lanes = [self._waiting_lane(wait=not skips_locked) for _ in range(lanes)]
        self._own: dict[Hashable, _Lane[Request, Answer]] = {}

    async def ask(self, request: Request, *, key: Hashable = None) -> Answer:
        """Wait for the group of this request; returns its answer after the commit, or raises its exception."""
        if key not in self._own:
            try:
                return await self._lanes[hash(key) % len(self._lanes)].ask(request)
            except Busy:
                pass
        lane = self._own.setdefault(key, self._waiting_lane())
        try:
            return await lane.ask(request)
        finally:
            if lane.empty:
                self._own.pop(key, None)


class _Lane(Generic[Request, Answer]):
    """Executes one group at a time."""

    def __init__(
        self,
        carry_out: Callable[[Sequence[GroupedRequest[Request]]], Awaitable[Sequence[Answer | Exception]]],
        *,
        name: str,
        limit: int,
        wait: bool = True,
    ) -> None:
        self._carry_out = carry_out
        self._wait = wait
        self._sizes, self._seconds = GROUP_COMMIT_REQUESTS.labels(name), GROUP_COMMIT_SECONDS.labels(name)
        self._limit = limit
        self._waiting: deque[_Waiting[Request, Answer]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(GroupedRequest(request=request, context=copy_context(), wait=self._wait), answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run_groups(), context=Context())  # outside any request's trace
        return await answer

    @property
    def empty(self) -> bool:
        """Whether nobody waits for the next group."""
        return not self._waiting

    async def _run_groups(self) -> None:
        try:
            while self._waiting:
                await self._together([self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))])
        finally:
            self._running = None

    async def _together(self, group: Sequence[_Waiting[Request, Answer]]) -> None:
        self._sizes.observe(len(group))
        try:
            with self._seconds.time():
                answers = await self._carry_out([one.grouped for one in group])
        except Exception as error:  # noqa: BLE001 -- it is passed on to each request
            if len(group) == 1 or isinstance(error, Unavailable):
                answers = [error] * len(group)
            else:
                for one in group:
                    await self._together([one])
                return
        for one, answer in zip(group, answers, strict=True):
            _resolve(one.answer, answer)


def _resolve(waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if waiting.done():  # the client has left; the request was executed all the same
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
