"""The life of one process: its parts start in order, serve, and stop in reverse order when it is told to drain.

Exit code 0 after a clean drain. A part that dies by itself takes the process with it (code 1): whoever runs us starts
it again. A second signal ends at once (code 1).
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, Protocol, TypeAlias

import uvloop

from shared.database import Database
from shared.http.server import HttpServer
from shared.kernel import Unavailable
from shared.observability.heartbeat import beat, forget, silence
from shared.observability.logging import Log, log
from shared.observability.tracing import stop_tracing

SILENCE_SECONDS: Final = 90.0  # more than the longest pause a loop takes between two turns (30 s), and a slow batch
WAIT_SECONDS: Final = 0.5  # between two attempts to connect
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

LoopBody: TypeAlias = Callable[[asyncio.Event, Callable[[], None]], Awaitable[None]]
"""A loop's body: runs until the event is set, then finishes what it has in hand; calls the beat on every turn."""


class Part(Protocol):
    """Something a process is made of."""

    @property
    def name(self) -> str:
        """Unique within the process."""

    async def start(self) -> None:
        """Return when it serves; what it raises ends the process."""

    async def ended(self) -> None:
        """Return or raise when it has ended by itself; wait for ever while it is well."""

    async def stop(self) -> None:
        """Finish what is in hand, then return."""

    def healthy(self) -> bool:
        """Liveness: False only where a restart would help."""

    async def ready(self) -> bool:
        """Readiness: False while it cannot do its work."""


class DatabasePart:
    """The pool of connections."""

    name = "database"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self) -> None:
        """Connect; waits for a PostgreSQL that is away or recovers, and says so once."""
        told = False
        while True:
            try:
                await self._database.open()
            except Unavailable as error:
                if not told:
                    log.warning(Log.WAITING, part=self.name, error=error.__cause__)
                told = True
                await asyncio.sleep(WAIT_SECONDS)
            else:
                return

    async def ended(self) -> None:
        """Never: a pool mends itself."""
        await asyncio.Future()

    async def stop(self) -> None:
        """Give the connections back once they are idle."""
        await self._database.close()

    def healthy(self) -> bool:
        """Always: a restart mends no database."""
        return True

    async def ready(self) -> bool:
        """A query comes back."""
        return await self._database.answers()


class Loop:
    """A long-running coroutine: relay, consumer, worker. `prepared` says whether it can do its work now."""

    def __init__(self, name: str, turn: LoopBody, *, prepared: Callable[[], bool] = lambda: True) -> None:
        self.name = name
        self._turn = turn
        self._prepared = prepared
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let it run."""
        self._beat()
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def ended(self) -> None:
        """Wait for its end; raises what it raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Ask it to finish what it has in hand, and wait; when the wait is cancelled, so is the loop."""
        self._stop.set()
        if self._task is not None:
            await self._task
        forget(self.name)

    def healthy(self) -> bool:
        """It went round lately."""
        return silence(self.name) < SILENCE_SECONDS

    async def ready(self) -> bool:
        """It runs and says that it can work."""
        return self._task is not None and not self._task.done() and self._prepared()

    async def _run(self) -> None:
        await self._turn(self._stop, self._beat)

    def _beat(self) -> None:
        beat(self.name)


class Runtime:
    """One process: `run` it with its parts; `liveness` and `readiness` are what `create_app` asks for."""

    def __init__(self, service: str, *, drain_seconds: float = 20.0) -> None:
        self._service = service
        self._drain_seconds = drain_seconds
        self._parts: list[Part] = []
        self._started = False
        self._told = asyncio.Event()
        self._told_twice = asyncio.Event()

    def liveness(self) -> dict[str, bool]:
        """Of each part, whether it is well; where it is not, a restart helps."""
        return {part.name: part.healthy() for part in self._parts}

    async def readiness(self) -> dict[str, bool]:
        """Of each part, whether it can do its work; of the process, whether all have started and it is not draining."""
        parts = {part.name: await part.ready() for part in self._parts}
        return parts | {"process": self._started and not self._told.is_set()}

    def drain(self) -> None:
        """Stop in good order; told twice, at once. What SIGTERM and SIGINT do."""
        (self._told_twice if self._told.is_set() else self._told).set()

    async def run(self, parts: Sequence[Part]) -> int:
        """Start `parts`, serve until told to drain or until one ends, stop them in reverse order; the exit code."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.drain)
        try:
            clean = await self._start(parts) and await self._serve()
            clean = await self._stop() and clean
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
            stop_tracing()
        log.info(Log.STOPPED, exit_code=0 if clean else 1)
        return 0 if clean else 1

    async def _start(self, parts: Sequence[Part]) -> bool:
        """Servers first, so that they say how far the others are; False where one cannot start."""
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
        """Whether it serves: not where the process is told to drain while the part still waits for something."""
        starting, told = asyncio.create_task(part.start()), asyncio.create_task(self._told.wait())
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return False
        starting.result()
        return True

    async def _serve(self) -> bool:
        """Until told to drain: True. Until a part ends: False."""
        told: asyncio.Task[Any] = asyncio.create_task(self._told.wait())
        watched: dict[asyncio.Task[Any], Part] = {asyncio.create_task(part.ended()): part for part in self._parts}
        done, waiting = await asyncio.wait({told, *watched}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for task in done & watched.keys():
            log.error(Log.PART_DIED, part=watched[task].name, error=task.exception())
        return not done & watched.keys()

    async def _stop(self) -> bool:
        """Reverse order, within the time; True when every part stopped in good order."""
        self._told.set()
        log.info(Log.DRAINING, drain_seconds=self._drain_seconds)
        stopping = asyncio.create_task(self._stop_parts())
        at_once = asyncio.create_task(self._told_twice.wait())
        await asyncio.wait({stopping, at_once}, timeout=self._drain_seconds, return_when=asyncio.FIRST_COMPLETED)
        at_once.cancel()
        if not stopping.done():
            log.error(Log.DRAIN_TIMED_OUT, drain_seconds=self._drain_seconds)
            stopping.cancel()
        (clean,) = await asyncio.gather(stopping, return_exceptions=True)
        return clean is True

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
    """Leave what is loaded out of the search for garbage, and search less often.

    A full search of our libraries' 150,000 objects takes 0.1 s, and a stream of events starts one every few batches.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # the next full search waits until there is a quarter more than this one has found
    gc.set_threshold(10_000, 10, 10)


def launch(main: Coroutine[Any, Any, int]) -> int:
    """Run a process on uvloop; the exit code, for the caller to exit with."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
