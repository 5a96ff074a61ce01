"""A deterministic scheduler: an asyncio event loop with a virtual clock and an interleaving drawn from a seed.

Whatever can run is run in an order drawn from the seed, never in the order in which it became ready; the clock stands
still while anything can run and then jumps to the next timer. So a run is a function of its seed: a failure replays.

A `Process` is all that was begun under its name. It can be killed or stopped between any two of its steps, that is at
every `await`, and then nothing more of it runs: no `except`, no `finally`.
"""

import asyncio
import contextlib
import heapq
import os
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar, TypeVarTuple
from unittest.mock import patch
from uuid import UUID

from shared.contracts import ids

SHOWN = 60  # lines of the trace beside a failure
LONGEST_RUN = 2_000_000  # steps
EPOCH = 1_663_549_200  # 2022-09-19 01:00 UTC, when every run begins

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Stuck(AssertionError):
    """Nothing can run and no timer is set, or the run never ends."""


@dataclass(eq=False, slots=True)
class Process:
    """What lives and dies together; `hazard` is the chance to be killed before each step."""

    name: str
    hazard: float = 0.0
    killed: bool = False
    stopped: bool = False
    steps: int = 0
    on_kill: list[Callable[[], None]] = field(default_factory=list)
    held: "list[_Ready]" = field(default_factory=list)


_Ready = tuple["Process | None", asyncio.Handle]
_PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


def current_process() -> Process | None:
    """Whose step this is; None in the world outside all processes (servers, the network, the test itself)."""
    return _PROCESS.get()


class Scheduler(asyncio.BaseEventLoop):
    """The loop; use `simulate`. `trace` is what the models have noted, with the virtual time."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)  # noqa: S311 -- must repeat itself
        self.trace: list[tuple[float, str]] = []
        self.steps = 0
        self._now = 0.0
        self._runnable: list[_Ready] = []
        self._timers: list[tuple[float, int, Process | None, asyncio.TimerHandle]] = []
        self._numbers = count()
        self._outside = copy_context()
        self._processes: list[Process] = []
        self._ending = False
        self.set_exception_handler(self._on_exception)
        self.broken: list[BaseException | str] = []
        self._kept: list[asyncio.Task[Any]] = []  # or those of the killed would be collected, and clean up after all

    def time(self) -> float:
        """Virtual seconds."""
        return self._now

    def note(self, what: str) -> None:
        """Add a line to the trace."""
        if not self._ending:
            self.trace.append((round(self._now, 6), what))

    def start(self, name: str, body: Coroutine[Any, Any, Any], *, hazard: float = 0.0) -> Process:
        """Begin a process with one task."""
        process = Process(name, hazard)
        self._processes.append(process)
        context = self._outside.copy()
        context.run(_PROCESS.set, process)
        self.create_task(body, context=context, name=name).add_done_callback(self._on_end)
        self.note(f"{name} begins")
        return process

    def kill(self, process: Process) -> None:
        """SIGKILL: nothing of it runs any more; what it has sent is on its way all the same."""
        if not process.killed:
            process.killed = True
            self.note(f"{process.name} is killed")
            for react in process.on_kill:
                react()

    def stop_process(self, process: Process) -> None:
        """SIGSTOP."""
        process.stopped = True
        self.note(f"{process.name} is stopped")

    def continue_process(self, process: Process) -> None:
        """SIGCONT."""
        process.stopped = False
        self.note(f"{process.name} goes on")
        if not process.killed:
            self._runnable += process.held
            process.held = []

    def outside(self, callback: Callable[..., object], *arguments: Any, after: float = 0.0) -> None:
        """Call in the world outside all processes, `after` virtual seconds from now."""
        self.call_later(after, callback, *arguments, context=self._outside.copy())

    def outside_task(self, body: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """A task that no process takes with it."""
        return self.create_task(body, context=self._outside.copy())

    def create_task(self, coro: Any, *, name: object = None, context: Context | None = None) -> "asyncio.Task[Any]":
        """As asyncio's."""
        task: asyncio.Task[Any] = asyncio.Task(
            coro, loop=self, name=None if name is None else str(name), context=context
        )
        self._kept.append(task)
        return task

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """As asyncio's; but soon is in no order."""
        handle = asyncio.Handle(callback, args, self, context)
        self._runnable.append((_owner(context), handle))
        return handle

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As asyncio's, in virtual time."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), _owner(context), handle))
        return handle

    def end(self) -> None:
        """Let whatever still lies about, of the killed too, be cancelled and cleaned up; nothing of it counts."""
        self._ending = True
        for process in self._processes:
            self._runnable += process.held
            process.held = []
        for _ in range(100):
            tasks = [task for task in self._kept if not task.done()]
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self.run_until_complete(asyncio.wait(tasks, timeout=60.0))
        self.close()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing: it is passed over when its time comes."""

    def _run_once(self) -> None:
        self._wind()
        last = len(self._runnable) - 1
        chosen = self.random.randrange(last + 1)
        self._runnable[chosen], self._runnable[last] = self._runnable[last], self._runnable[chosen]
        process, handle = self._runnable.pop()
        if handle.cancelled():
            return
        if process is not None and not self._ending and not self._admitted(process, handle):
            return
        self.steps += not self._ending
        if self.steps > LONGEST_RUN:
            raise Stuck("the run never ends")
        handle._run()  # noqa: SLF001 -- a handle has no public way to be run

    def _admitted(self, process: Process, handle: asyncio.Handle) -> bool:
        if process.hazard and not process.killed and self.random.random() < process.hazard:
            self.kill(process)
        if process.killed or process.stopped:
            process.held.append((process, handle))
            return False
        process.steps += 1
        return True

    def _wind(self) -> None:
        """Turn the clock to the next timer where nothing else can run, and make ready what is due."""
        while self._timers and self._timers[0][3].cancelled():
            heapq.heappop(self._timers)
        if not self._runnable:
            if not self._timers:
                raise Stuck("nothing can run, and nothing is awaited")
            self._now = max(self._now, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now:
            _, _, process, handle = heapq.heappop(self._timers)
            self._runnable.append((process, handle))

    def _on_end(self, task: "asyncio.Task[Any]") -> None:
        """A process ends by itself, or dies of its own fault, which is a finding."""
        error = None if self._ending or task.cancelled() else task.exception()
        if error is not None:
            self.note(f"{task.get_name()} fails: {error!r}")
            self.broken.append(error)

    def _on_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:  # noqa: ARG002 -- asyncio's signature
        if not self._ending:
            self.broken.append(context.get("exception") or str(context["message"]))


def _owner(context: Context | None) -> Process | None:
    return _PROCESS.get() if context is None else context.get(_PROCESS)


def simulate(seed: int, body: Callable[[Scheduler], Coroutine[Any, Any, T]]) -> tuple[T, Scheduler]:
    """Run `body` to its end, and with it all chance and all identifiers from `seed`; raises what it raises."""
    with _chance(seed):
        loop = Scheduler(seed)
        with _clock(loop):
            try:
                result = loop.run_until_complete(body(loop))
            except BaseException as error:
                error.add_note(
                    "\n".join([f"seed {seed}, in the end:", *map(str, loop.trace[-SHOWN:]), *map(repr, loop.broken)])
                )
                raise
            finally:
                loop.end()
    if loop.broken:
        raise AssertionError(f"seed {seed}: {loop.broken}")
    return result, loop


@contextlib.contextmanager
def _chance(seed: int) -> Iterator[None]:
    """`random` and the operating system's entropy, drawn from the seed while the run lasts."""
    before = random.getstate()
    random.seed(seed)
    entropy = random.Random(seed + 1)  # noqa: S311 -- must repeat itself
    try:
        with patch.object(os, "urandom", entropy.randbytes):
            yield
    finally:
        random.setstate(before)


@contextlib.contextmanager
def _clock(loop: Scheduler) -> Iterator[None]:
    """The wall clock, as record batches read it, and identifiers, which are made of it and of chance."""
    with (
        patch.object(time, "time_ns", lambda: EPOCH * 1_000_000_000 + int(loop.time() * 1e9)),
        patch.object(time, "time", lambda: EPOCH + loop.time()),
        patch.object(ids, "uuid7", _identifier),
    ):
        yield


def _identifier() -> UUID:
    """Milliseconds and chance, as in a UUID v7."""
    return UUID(int=time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big"))
