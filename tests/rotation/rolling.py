"""A system with two processes of each service, and the rolling restart of one service, as an orchestrator does it."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.local.ports import LOOPBACK
from deploy.local.processes import http_ready
from deploy.local.system import System
from deploy.local.topology import Topology

REPLICAS: Final = 2
_NOT_ROUTED_SECONDS: Final = 0.5
"""From the moment in which a process gets no new requests to the moment in which it is told to stop."""


@dataclass(slots=True)
class RollingSystem:
    """The system, and the environment variables that the rotation has changed, by service."""

    system: System
    changed: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def in_folder(cls, folder: Path) -> "RollingSystem":
        """A new system with two processes of each service."""
        return cls(System(folder, fresh=True, topology=Topology(replicas=REPLICAS, connections=400)))

    async def roll(self, service: str, **environment: str) -> None:
        """Restart the processes of a service one after the other with changed variables; the others serve meanwhile."""
        self.changed.setdefault(service, {}).update(environment)
        for copy in range(1, REPLICAS + 1):
            await self._restart(service, f"{service}-{copy}")

    async def _restart(self, service: str, name: str) -> None:
        address = next(each for each in self.system.apis[service] if each == self._address(name))
        self.system.apis[service].remove(address)
        await asyncio.sleep(_NOT_ROUTED_SECONDS)
        await asyncio.to_thread(self.system.running[name].stop)
        self.system.launch(name, **self.changed[service])
        probe = http_ready(self.system.probe(name))
        await asyncio.to_thread(self.system.running[name].wait_until_ready, probe)
        self.system.apis[service].append(address)

    def _address(self, name: str) -> str:
        probe = self.system.probe(name)  # http://127.0.0.1:PORT/readyz
        return f"http://{LOOPBACK}:{probe.rsplit(':', 1)[1].partition('/')[0]}"
