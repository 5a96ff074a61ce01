"""The other side of a conformance suite: programs started for a test, and listeners that do as the test says."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK
from shared.http.server import HttpServer

PATIENCE = 20.0
"""Seconds after which a test no longer believes that something will happen."""


@dataclass
class Program:
    """One of our own programs: `python -m module arguments…`, up when its `/healthz` answers."""

    module: str
    arguments: list[str]
    port: int
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        argv = [sys.executable, "-m", self.module, *self.arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, "it did not answer in time"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def get(self, path: str) -> Any:
        """What it answers, from JSON."""
        return json.loads(self.get_bytes(path))

    def get_bytes(self, path: str) -> bytes:
        """What it answers."""
        return httpx.get(f"{self.url}{path}", trust_env=False).raise_for_status().content

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz", trust_env=False).is_success
        return False


@dataclass
class Listener:
    """An HTTP server that answers as told, then 204, and remembers what it was asked."""

    answers: deque[Response] = field(default_factory=deque)
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"

    async def answer(self, request: Request) -> Response:
        """Remember the question, give the next answer."""
        self.asked.append((dict(request.headers), await request.body()))
        return self.answers.popleft() if self.answers else Response(status_code=204)


@contextlib.asynccontextmanager
async def listening(port: int = 0) -> AsyncIterator[Listener]:
    """A listener on the given port, or on one of its own."""
    listener = Listener()
    app = Starlette(routes=[Route("/{path:path}", listener.answer, methods=["POST"])])
    server = HttpServer(app, host=LOOPBACK, port=port)
    await server.start()
    listener.port = server.port
    yield listener
    await server.stop()


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def talking(conversation: Conversation) -> AsyncIterator[int]:
    """A TCP server that holds the given conversation with each caller; its port."""
    talks: set[asyncio.Task[None]] = set()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                await conversation(reader, writer)
            finally:
                writer.close()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(hold(reader, writer))
        talks.add(talk)

    server = await asyncio.start_server(take, LOOPBACK, 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    """Wait for something to become true; fails after `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = condition()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)
