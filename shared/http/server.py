"""The web server of a process, as a part of it."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from shared.http.connection import Connection
from shared.settings import HttpSettings


class HttpServer:
    """uvicorn inside our loop: it takes no signals, prints nothing, and answers what it has accepted before it goes."""

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, limits: HttpSettings | None = None, name: str = "http"
    ) -> None:
        self.name = name
        limits = limits or HttpSettings()
        self._socket: socket.socket | None = None
        self._address = (host, port)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=cast("Any", partial(Connection, limits=limits, clients=Counter())),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # what clients do wrong is counted; a line for each would be theirs to write
                access_log=False,
                server_header=False,
                timeout_keep_alive=limits.idle_seconds,
                proxy_headers=False,  # nobody asks who called, so nobody can be told a lie
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also when 0 was asked for."""
        return self._address[1]

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        self._address = (host, self._socket.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name=self.name)
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({up, self._task}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()

    async def ended(self) -> None:
        """Wait for its end; raises what it raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Accept nothing more, answer what is in hand, close the connections."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    def healthy(self) -> bool:
        """Whoever asks has been answered."""
        return True

    async def ready(self) -> bool:
        """It accepts connections."""
        return self._server.started


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to the process, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
