"""What an orchestrator does in production: whatever has ended is started again, unless a fault holds it down."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator

from deploy.local.system import System

_LOOK_SECONDS = 0.2
_APART_SECONDS = 1.0  # between two starts of the same program


class Supervisor:
    """Watches the programs of a system, its brokers and its database; `launches` counts what it had to start."""

    def __init__(self, system: System) -> None:
        self.launches: Counter[str] = Counter()
        self._system = system
        self._held: Counter[str] = Counter()
        self._environment: dict[str, dict[str, str]] = {}
        self._last: dict[str, float] = {}
        self._starting: dict[str, asyncio.Task[None]] = {}

    @contextlib.contextmanager
    def paused(self, *names: str) -> Iterator[None]:
        """Leave these alone for as long as the block lasts."""
        self._held.update(names)
        try:
            yield
        finally:
            self._held.subtract(names)

    def set_environment(self, name: str, **environment: str) -> None:
        """What the next starts of a program have in their environment besides; nothing gives it back its own."""
        self._environment[name] = environment

    def missing(self) -> list[str]:
        """What does not run at this moment."""
        system = self._system
        missing = [name for name, process in system.running.items() if not process.running]
        if system.stack.kafka is not None:
            nodes = system.stack.kafka.nodes
            missing += [f"kafka-{node}" for node in nodes if not system.stack.kafka.process(node).running]
        if system.stack.postgres is not None and not system.stack.postgres.running:
            missing.append("postgres")
        return missing

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        try:
            while True:
                for name in self.missing():
                    if self._may_start(name):
                        self._last[name] = time.monotonic()
                        self.launches[name] += 1
                        self._starting[name] = asyncio.create_task(self._start(name))
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await asyncio.gather(*self._starting.values(), return_exceptions=True)

    def _may_start(self, name: str) -> bool:
        starting = self._starting.get(name)
        if self._held[name] or (starting is not None and not starting.done()):
            return False
        return time.monotonic() - self._last.get(name, 0.0) > _APART_SECONDS

    async def _start(self, name: str) -> None:
        with contextlib.suppress(Exception):  # the next look finds it missing again
            await asyncio.to_thread(self._start_now, name)

    def _start_now(self, name: str) -> None:
        stack = self._system.stack
        if name == "postgres" and stack.postgres is not None:
            stack.postgres.start()
        elif name.startswith("kafka-") and stack.kafka is not None:
            stack.kafka.launch(int(name.removeprefix("kafka-")))
        else:
            self._system.launch(name, **self._environment.get(name, {}))
