"""Runs one process: starts its parts in order, and stops them in reverse order at SIGTERM (graceful shutdown).

The exit code is 0 after a clean shutdown. If a part ends by itself, the process ends too (code 1), and the process
manager is expected to start it again. A second signal ends the process at once (code 1).
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, Protocol, TypeAlias

import uvloop

from shared.http.health import Verdict
from shared.http.server import HttpServer
from shared.observability.faults import forget as forget_fault
from shared.observability.heartbeat import beat, forget, silence
from shared.observability.logging import Log, log
from shared.observability.process import measure_event_loop, measure_garbage_collection
from shared.observability.retrying import pause
from shared.observability.tracing import stop_tracing

SILENCE_SECONDS: Final = 90.0  # longer than the longest pause of a loop (30 s) plus a slow batch
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

LoopBody: TypeAlias = Callable[[asyncio.Event, Callable[[], None]], Awaitable[None]]
"""The body of a loop: runs until the event is set, then finishes its current work; calls the heartbeat every turn."""


class Part(Protocol):
    """A part of a process, such as the web server, the relay or a connection pool."""

    @property
    def name(self) -> str:
        """Unique within the process."""

    async def start(self) -> None:
        """Return when it works; an exception ends the process."""

    async def ended(self) -> None:
        """Wait until it has ended by itself, then return or raise its error; normally it waits for ever."""

    async def stop(self) -> None:
        """Finish the current work, then return."""

    def healthy(self) -> bool:
        """Liveness: return False only if a restart would help."""

    async def ready(self) -> bool:
        """Readiness: return False while it cannot do its work."""


class Loop:
    """A long-running coroutine as a part of a process, for example the relay.

    `prepared` returns whether it can do its work at the moment.
    """

    def __init__(self, name: str, turn: LoopBody, *, prepared: Callable[[], bool] = lambda: True) -> None:
        self.name = name
        self._turn = turn
        self._prepared = prepared
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the coroutine in the background; returns at once."""
        self._beat()
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def ended(self) -> None:
        """Wait until it has ended; raises what it raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Tell it to finish its current work, and wait for its end; cancelling this wait also cancels the loop."""
        self._stop.set()
        if self._task is not None:
            await self._task
        forget(self.name)
        forget_fault(self.name)

    def healthy(self) -> bool:
        """Whether its last heartbeat is less than `SILENCE_SECONDS` ago."""
        return silence(self.name) < SILENCE_SECONDS

    async def ready(self) -> bool:
        """Whether it runs and can do its work."""
        return self._task is not None and not self._task.done() and self._prepared()

    async def _run(self) -> None:
        await self._turn(self._stop, self._beat)

    def _beat(self) -> None:
        beat(self.name)


class Runtime:
    """One process: call `run` with its parts; pass `liveness` and `readiness` to `create_app`.

    After SIGTERM it goes on for `unready_seconds` while `/readyz` says no, so that requests go elsewhere; then it stops
    within `drain_seconds`. `background` are the parts that do not count for readiness once all parts have worked.
    """

    def __init__(self, service: str, *, drain_seconds: float = 20.0, unready_seconds: float = 0.0) -> None:
        self.background: frozenset[str] = frozenset()
        self._service = service
        self._drain_seconds = drain_seconds
        self._unready_seconds = unready_seconds
        self._proved = False
        self._parts: list[Part] = []
        self._started = False
        self._drain = asyncio.Event()
        self._stop_at_once = asyncio.Event()
        self._asked: asyncio.Task[Verdict] | None = None

    def liveness(self) -> Verdict:
        """For each part whether it is healthy; if one is not, the process should be restarted."""
        return Verdict.of({part.name: part.healthy() for part in self._parts})

    async def readiness(self) -> Verdict:
        """For each part whether it can work; for `process` whether all parts have started and it is not draining.

        All of them must have worked once; from then on those of `background` do not count.
        """
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asked)

    async def _ask(self) -> Verdict:
        """Asked by many at the same time, the parts are asked once: nobody can use up the connections by it."""
        found, complete = list(self._parts), self._started  # parts go on starting while those of now are asked
        states = await asyncio.gather(*(part.ready() for part in found))
        parts = {part.name: state for part, state in zip(found, states, strict=True)}
        parts["process"] = complete and not self._drain.is_set()
        self._proved = self._proved or all(parts.values())
        counted = parts.keys() - self.background if self._proved else parts.keys()
        return Verdict(well=all(parts[name] for name in counted), parts=parts)

    def drain(self) -> None:
        """Begin a graceful shutdown, as SIGTERM and SIGINT do; a second call stops the process at once."""
        (self._stop_at_once if self._drain.is_set() else self._drain).set()

    async def run(self, parts: Sequence[Part]) -> int:
        """Start `parts`, wait for `drain` or until one ends, stop them in reverse order; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.drain)
        measure_garbage_collection()
        measuring = asyncio.create_task(measure_event_loop())
        try:
            clean = await self._start(parts) and await self._serve()
            clean = await self._stop() and clean
        finally:
            measuring.cancel()
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
            stop_tracing()
        log.info(Log.STOPPED, exit_code=0 if clean else 1)
        return 0 if clean else 1

    async def _start(self, parts: Sequence[Part]) -> bool:
        """Start the web servers first, so that they answer readiness checks; returns False if a part cannot start."""
        log.info(Log.STARTING)
        for part in sorted(parts, key=lambda one: not isinstance(one, HttpServer)):
            try:
                if not await self._start_part(part):
                    return True
            except Exception as error:  # noqa: BLE001 -- whatever it is, the process cannot serve
                log.error(Log.PART_DIED, part=part.name, error=error)
                return False
            self._parts = [one for one in parts if one is part or one in self._parts]
            log.info(Log.PART_STARTED, part=part.name)
        reduce_garbage_collection()
        self._started = True
        log.info(Log.STARTED, port=next((part.port for part in reversed(parts) if isinstance(part, HttpServer)), None))
        return True

    async def _start_part(self, part: Part) -> bool:
        """Start a part; returns False if the shutdown begins while it still waits for something."""
        starting, draining = asyncio.create_task(part.start()), asyncio.create_task(self._drain.wait())
        await asyncio.wait({starting, draining}, return_when=asyncio.FIRST_COMPLETED)
        draining.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return False
        starting.result()
        return True

    async def _serve(self) -> bool:
        """Wait for the shutdown (returns True) or until a part has ended by itself (returns False)."""
        draining: asyncio.Task[Any] = asyncio.create_task(self._drain.wait())
        watched: dict[asyncio.Task[Any], Part] = {asyncio.create_task(part.ended()): part for part in self._parts}
        done, waiting = await asyncio.wait({draining, *watched}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for task in done & watched.keys():
            log.error(Log.PART_DIED, part=watched[task].name, error=task.exception())
        return not done & watched.keys()

    async def _stop(self) -> bool:
        """Stop the parts in reverse order within `drain_seconds`; returns whether all of them stopped cleanly."""
        self._drain.set()
        log.info(Log.DRAINING, drain_seconds=self._drain_seconds)
        await self._send_clients_away()
        stopping = asyncio.create_task(self._stop_parts())
        at_once = asyncio.create_task(self._stop_at_once.wait())
        await asyncio.wait({stopping, at_once}, timeout=self._drain_seconds, return_when=asyncio.FIRST_COMPLETED)
        at_once.cancel()
        if not stopping.done():
            log.error(Log.DRAIN_TIMED_OUT, drain_seconds=self._drain_seconds)
            stopping.cancel()
        (clean,) = await asyncio.gather(stopping, return_exceptions=True)
        return clean is True

    async def _send_clients_away(self) -> None:
        """Answer as before for `unready_seconds`, but close each connection after its answer."""
        for part in self._parts:
            if isinstance(part, HttpServer):
                part.send_clients_away()
        if self._started:
            await pause(self._stop_at_once, self._unready_seconds)

    async def _stop_parts(self) -> bool:
        clean = True
        while self._parts:
            part = self._parts.pop()
            try:
                await part.stop()
                log.info(Log.PART_STOPPED, part=part.name)
            except Exception as error:  # noqa: BLE001 -- the others must be stopped all the same
                log.error(Log.PART_DIED, part=part.name, error=error)
                clean = False
        return clean


def reduce_garbage_collection() -> None:
    """Exclude all objects that exist now from garbage collection, and collect less often.

    A full collection visits 150,000 objects of our libraries, which takes 0.1 s, and a stream of events would start
    one every few batches.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # the next full collection begins only when there are a quarter more objects than this one has found
    gc.set_threshold(10_000, 10, 10)


def launch(main: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine on uvloop until it ends; returns its exit code."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
