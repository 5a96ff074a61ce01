"""Group commit: what is asked while a transaction is under way shares the next one.

A transaction costs a dozen round trips to PostgreSQL, whether it carries one command or fifty. So a busy door does not
give each request a transaction of its own: whoever comes while one is under way waits for the next, together with all
others who wait. Nobody waits for company: where nothing is under way, a request goes alone and at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.kernel import Unavailable
from shared.observability.metrics import GROUP_COMMIT_REQUESTS, GROUP_COMMIT_SECONDS

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedRequest(Generic[Ask]):
    """One request of a group; what belongs to its trace is done in its `context` (`context.run`)."""

    what: Ask
    context: Context


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Ask, Answer]):
    request: GroupedRequest[Ask]
    answer: "asyncio.Future[Answer]"


class GroupCommit(Generic[Ask, Answer]):
    """Gives `carry_out` all that waits, `limit` at most.

    `carry_out` is one transaction. It returns for each request its answer or the exception that is its answer, in their
    order; when it raises, nothing was written, and each request is carried out alone: one bad request harms no other.
    There may be `lanes` groups at a time, so that the process works while PostgreSQL does; requests of one key (of what
    they lock) are in one lane, so that the groups do not wait for each other's locks.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[GroupedRequest[Ask]]], Awaitable[Sequence[Answer | Exception]]],
        *,
        name: str,
        lanes: int = 1,
        limit: int = 100,
    ) -> None:
        self._lanes = [_Lane(carry_out, name=name, limit=limit) for _ in range(lanes)]

    async def ask(self, what: Ask, *, key: Hashable = None) -> Answer:
        """The answer to one request, after the commit of its group; raises what is its answer."""
        return await self._lanes[hash(key) % len(self._lanes)].ask(what)


class _Lane(Generic[Ask, Answer]):
    """One group at a time."""

    def __init__(
        self,
        carry_out: Callable[[Sequence[GroupedRequest[Ask]]], Awaitable[Sequence[Answer | Exception]]],
        *,
        name: str,
        limit: int,
    ) -> None:
        self._carry_out = carry_out
        self._sizes, self._seconds = GROUP_COMMIT_REQUESTS.labels(name), GROUP_COMMIT_SECONDS.labels(name)
        self._limit = limit
        self._waiting: deque[_Waiting[Ask, Answer]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def ask(self, what: Ask) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(GroupedRequest(what=what, context=copy_context()), answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run_groups(), context=Context())  # in nobody's trace
        return await answer

    async def _run_groups(self) -> None:
        try:
            while self._waiting:
                await self._together([self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))])
        finally:
            self._running = None

    async def _together(self, group: Sequence[_Waiting[Ask, Answer]]) -> None:
        self._sizes.observe(len(group))
        try:
            with self._seconds.time():
                answers = await self._carry_out([one.request for one in group])
        except Exception as error:  # noqa: BLE001 -- each request is told what became of it
            if len(group) == 1 or isinstance(error, Unavailable):
                answers = [error] * len(group)
            else:
                for one in group:
                    await self._together([one])
                return
        for one, answer in zip(group, answers, strict=True):
            _tell(one.answer, answer)


def _tell(waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if waiting.done():  # the client has left; what was done stands
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
