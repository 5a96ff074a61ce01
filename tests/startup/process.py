"""A process of a service as an operator sees it: its log lines, its two `/readyz`, its exit code."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from deploy.local.ports import LOOPBACK, free_ports

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 300.0  # seconds, for a test that fails


class Watched:
    """A running process of `service`; `lines` are the log lines so far, `told` all answers of `/readyz`."""

    def __init__(self, process: asyncio.subprocess.Process, public: int, management: int) -> None:
        self.process, self.public, self.management = process, public, management
        self.lines: list[dict[str, Any]] = []
        self.told: list[str] = []
        self._more = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            with suppress(json.JSONDecodeError):
                self.lines.append(json.loads(line))
            self._more.set()

    def logged(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        """The lines with this event and these fields."""
        return [line for line in self.lines if line.items() >= {"event": event, **fields}.items()]

    async def says(self, event: str, **fields: Any) -> dict[str, Any]:
        """The first line with this event and these fields; waits for it."""
        async with asyncio.timeout(PATIENCE):
            while not self.logged(event, **fields) and not self._reading.done():
                self._more.clear()
                await self._more.wait()
        assert self.logged(event, **fields), self.lines[-20:]
        return self.logged(event, **fields)[0]

    async def ask(self, port: int, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
        """Status and body of an answer; waits until the port listens."""
        async with httpx.AsyncClient(timeout=20) as http, asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    answer = await http.get(f"http://{LOOPBACK}:{port}{path}")
                    self.told.append(answer.text)
                    return answer.status_code, answer.json()
                await asyncio.sleep(0.02)

    async def is_ready(self) -> dict[str, Any]:
        """The public answer once it says that the process is ready; waits for it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                status, body = await self.ask(self.public)
                if status == httpx.codes.OK:
                    return body
                await asyncio.sleep(0.05)

    async def end(self) -> int:
        """Tell it to stop (SIGTERM), and return its exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        code = await self.process.wait()
        await self._reading
        return code

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def serving(
    service: str, environment: Mapping[str, str], *arguments: str, roles: str = "api"
) -> AsyncIterator[Watched]:
    """`serve` of a service, with free ports; killed at the end if it still runs."""
    public, management = free_ports(2)
    prefix = service.upper()
    ports = {f"{prefix}_HTTP_PORT": str(public), f"{prefix}_METRICS_PORT": str(management)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}.main", "serve", "--roles", roles, *arguments),
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if name != "COLUMNS"}, **environment, **ports},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    watched = Watched(process, public, management)
    try:
        yield watched
    finally:
        if process.returncode is None:
            process.kill()
        await watched.end()
