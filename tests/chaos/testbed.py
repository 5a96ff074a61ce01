"""What a chaos run stands on: the whole system behind proxies, on disks that can be filled, with a supervisor."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from deploy.local import postgres
from deploy.local.system import System
from deploy.local.topology import Topology
from pasum.api import addresses
from tests.chaos.caller import Caller
from tests.chaos.disks import FileLimit, SmallDisk, unmount_leftovers
from tests.chaos.history import Journal
from tests.chaos.proxy import Proxies
from tests.chaos.schedule import Shape
from tests.chaos.supervisor import Supervisor

CONNECTIONS = 500
DATABASE_MEBIBYTES, BROKER_MEBIBYTES = 8192, 4096


class Testbed:
    """The system and everything that can be done to it; `folder` keeps the logs, the data are elsewhere and go.

    `struck` counts the faults that lie on each target at this moment.

    The data lie where PostgreSQL's own user may go, on disks that can be filled.
    """

    def __init__(self, folder: Path, shape: Shape, journal: Journal) -> None:
        self.shape = shape
        self.journal = journal
        self.proxies = Proxies()
        self.not_possible: list[str] = []
        self.struck: Counter[str] = Counter()
        self.place = Path(tempfile.mkdtemp(prefix="pasum-chaos-"))
        self.place.chmod(0o711)
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        (self.place / "logs").symlink_to(folder.absolute() / "logs")
        topology = Topology(
            brokers=shape.brokers, replicas=shape.replicas, connections=CONNECTIONS, proxy_port=self.proxies.proxy_port
        )
        self.system = System(self.place, apart=True, topology=topology)
        self.supervisor = Supervisor(self.system)
        self.disks: dict[str, SmallDisk | FileLimit] = {}
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        unmount_leftovers()
        self._exit.callback(self._remove)
        self._exit.enter_context(self.proxies)
        self._mount()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def start(self) -> None:
        """Bring everything up; raises what `System.start` raises."""
        self._exit.callback(self._keep_logs)
        self._exit.callback(self.system.stop)
        self.system.start()

    @property
    def found(self) -> dict[str, object]:
        """The address file: the servers' own addresses, with no proxy in between."""
        return addresses(self.system.stack.address_file)

    async def unready(self, caller: Caller) -> list[str]:
        """What does not run, or does not say that it is ready, and is not being broken at this moment."""
        names = list(self.system.running)
        answers = await asyncio.gather(*(caller.ready(self.system.probe(name)) for name in names))
        silent = [name for name, ready in zip(names, answers, strict=True) if not ready]
        if self.struck["everything"]:
            return []
        return sorted({*self.supervisor.missing(), *silent} - {name for name, times in self.struck.items() if times})

    def _mount(self) -> None:
        for name, folder, size in self._wanted_disks():
            disk = SmallDisk(folder, mebibytes=size)
            if disk.mount():
                self.disks[name] = disk
                self._exit.callback(disk.unmount)
        if not self.disks:
            self.not_possible.append("a full disk as such (nothing may be mounted here): files may not grow instead")

    def _wanted_disks(self) -> Iterator[tuple[str, Path, int]]:
        yield "postgres", self.place / "postgres", DATABASE_MEBIBYTES
        for number in range(1, self.shape.brokers + 1):
            yield f"kafka-{number}", self.place / "kafka" / f"broker-{number}", BROKER_MEBIBYTES

    def disk(self, name: str) -> SmallDisk | FileLimit:
        """What can be full under `postgres` or `kafka-N`."""
        return self.disks.get(name) or FileLimit(lambda: self._pid(name))

    def _pid(self, name: str) -> int | None:
        stack = self.system.stack
        if name == "postgres":
            return stack.postgres.pid if stack.postgres else None
        return stack.kafka.process(int(name.removeprefix("kafka-"))).pid if stack.kafka else None

    def _keep_logs(self) -> None:
        """The servers write theirs where their data are."""
        for log in (*self.place.glob("kafka/*/kafka.log"), *self.place.glob("postgres/*.log")):
            name = log.name if log.parent.name == "postgres" else f"{log.parent.name}.log"
            shutil.copyfile(log, self.place / "logs" / name)

    def _remove(self) -> None:
        postgres.remove(self.place / "postgres")
        shutil.rmtree(self.place, ignore_errors=True)
