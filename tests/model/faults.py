"""What goes wrong in the models: processes die and come back, stand still, lose their connections; Kafka goes away."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.model.cluster import Kafka
from tests.model.postgres import Server
from tests.model.scheduler import Process, Scheduler

PAUSES = (0.0, 0.2, 1.0, 4.0)
STILL = (0.5, 5.0, 20.0)


@dataclass(eq=False, slots=True)
class Fault:
    """The world and its ill will; `calm` ends that."""

    loop: Scheduler
    server: Server
    kafka: Kafka
    calmed: bool = False
    ended: bool = False
    living: list[Process] = field(default_factory=list)

    def calm(self) -> None:
        """From now on nothing goes wrong any more."""
        self.calmed = True
        self.kafka.away = False
        for process in self.living:
            process.hazard = 0.0
            if process.stopped:
                self.loop.continue_process(process)

    def end(self) -> None:
        """The world is over: all die, and nobody comes back."""
        self.ended = True
        for process in list(self.living):
            self.loop.kill(process)


@dataclass(eq=False, slots=True)
class Supervised:
    """A process that is started again when it dies; `process` is the one that lives."""

    process: Process | None = None


def supervise(faults: Fault, name: str, body: Callable[[], Coroutine[Any, Any, None]], *, hazard: float) -> Supervised:
    """Start a process, and another a while after its death."""
    place, loop = Supervised(), faults.loop

    def begin() -> None:
        if faults.ended:
            return
        process = loop.start(name, body(), hazard=0.0 if faults.calmed else hazard)
        place.process = process
        faults.living.append(process)
        process.on_kill.append(lambda: faults.living.remove(process))
        process.on_kill.append(lambda: loop.outside(begin, after=loop.random.choice(PAUSES)))

    begin()
    return place


async def trouble(faults: Fault, places: Sequence[Supervised], *, times: int) -> None:
    """So many faults of random kinds, one after the other."""
    loop, chance = faults.loop, faults.loop.random
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        place = chance.choice(places).process
        match chance.choice(("kill", "cut", "cut one", "still", "away")):
            case "kill" if place:
                loop.kill(place)
            case "cut":
                loop.note("all sessions are cut")
                faults.server.cut_all()
            case "cut one" if faults.server.sessions:
                chance.choice(sorted(faults.server.sessions, key=lambda one: one.number)).cut()
            case "still" if place and not place.stopped:
                loop.stop_process(place)
                await asyncio.sleep(chance.choice(STILL))
                loop.continue_process(place)
            case _:
                faults.kafka.away = True
                await asyncio.sleep(chance.choice(STILL))
                faults.kafka.away = False
