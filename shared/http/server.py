"""Runs uvicorn as a part of a process, beside the consumer, the relay and the workers."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp

from shared.http.connection import Connection
from shared.settings import HttpSettings

_CLOSE: Final = (b"connection", b"close")


class HttpServer:
    """uvicorn in our event loop; it handles no signals, logs nothing, and finishes accepted requests when it stops.

    `leaving` is set when clients are sent away, so that streams without an end can end.
    """

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
                log_level="error",  # errors of clients are counted; clients must not be able to fill the log
                access_log=False,
                server_header=False,
                timeout_keep_alive=limits.idle_seconds,
                proxy_headers=False,  # `clients.py` reads X-Forwarded-For, and only from trusted proxies
            )
        )
        self._task: asyncio.Task[None] | None = None
        self.leaving = asyncio.Event()

    @property
    def port(self) -> int:
        """The port it listens on; after `start` the real one if 0 was requested."""
        return self._address[1]

    async def start(self) -> None:
        """Start listening, and return once requests are accepted; raises `OSError` if the port is in use."""
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        self._address = (host, self._socket.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name=self.name)
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({up, self._task}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()

    async def ended(self) -> None:
        """Wait until the server has ended; raises what it raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def send_clients_away(self) -> None:
        """From now on close each connection after its answer (`Connection: close`), and still accept new ones."""
        self.leaving.set()
        self._server.config.encoded_headers.append(_CLOSE)
        self._server.server_state.default_headers = [*self._server.server_state.default_headers, _CLOSE]

    async def stop(self) -> None:
        """Graceful shutdown: accept nothing more, finish the current requests, close the connections, return."""
        self.leaving.set()
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    def healthy(self) -> bool:
        """Always true: if this can be asked over HTTP, the server answers."""
        return True

    async def ready(self) -> bool:
        """Whether it accepts connections."""
        return self._server.started


class _Server(uvicorn.Server):
    """uvicorn that handles no signals, and sets `up` when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
