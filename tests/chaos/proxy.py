"""A TCP proxy whose connections can be cut, delayed, left half-open, refused, or cut before the answer arrives."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self, TypeVar

from deploy.local.ports import LOOPBACK

_CHUNK = 1 << 16  # bytes
_READY_SECONDS = 10.0
_LAST_SECONDS = 0.05
_HTTP_500 = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_SMTP_421 = b"421 4.3.2 service not available\r\n"

_T = TypeVar("_T")


class Mode(StrEnum):
    """What becomes of the bytes."""

    OPEN = "open"
    REFUSING = "refusing"
    """Who connects is reset."""
    SLOW = "slow"
    """Every piece waits, in both directions."""
    HALF_OPEN = "half-open"
    """Bytes are taken and never arrive, as with a host that is gone; the connections are reset when this is over."""
    DEAF = "deaf"
    """What is asked arrives, but the connection is reset instead of carrying the answer."""
    FAILING = "failing"
    """HTTP is answered 500 once it has asked, SMTP is greeted with 421."""


@dataclass(eq=False)
class Proxy:
    """One port before one server. All methods belong to the proxies' own event loop."""

    name: str
    target: int
    mode: Mode = Mode.OPEN
    seconds: float = 0.0
    _links: set["_Link"] = field(default_factory=set)

    def switch(self, mode: Mode, *, seconds: float = 0.0) -> None:
        """Change the mode; `seconds` is how long each piece waits in `SLOW`."""
        before, self.mode, self.seconds = self.mode, mode, seconds
        if before is Mode.HALF_OPEN or mode in {Mode.REFUSING, Mode.FAILING}:
            self.cut()

    def cut(self) -> int:
        """Reset every connection there is; returns how many."""
        links = list(self._links)
        for link in links:
            link.reset()
        return len(links)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side has closed it."""
        link = _Link(writer)
        self._links.add(link)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
                await self._carry(link, reader, writer)
        finally:
            self._links.discard(link)
            if not link.closed:
                link.reset()

    async def _carry(self, link: "_Link", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode is Mode.REFUSING:
            return
        if self.mode is Mode.FAILING:
            await self._fail(reader, writer)
            link.close()
            return
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target)
        link.far = far_writer
        pumps = (self._pump(link, reader, far_writer), self._pump(link, far_reader, writer, answers=True))
        tasks = [asyncio.create_task(pump) for pump in pumps]
        try:
            await asyncio.gather(*tasks)
            link.close()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(
        self, link: "_Link", source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while piece := await source.read(_CHUNK):
            if self.mode is Mode.SLOW:
                await asyncio.sleep(self.seconds)
            if self.mode is Mode.HALF_OPEN:
                continue
            link.asked = link.asked or (not answers and self._asks(piece))
            if self.mode is Mode.DEAF and answers and link.asked:
                link.reset()
            sink.write(piece)
            await sink.drain()
        if self.mode is Mode.HALF_OPEN:
            await link.gone.wait()  # the end of a connection does not arrive either
            return
        sink.write_eof()

    def _asks(self, piece: bytes) -> bool:
        """Whether the client has now said all that the server acts upon; a mail is over with its dot."""
        return self.name != "smtp" or piece.endswith(b"\r\n.\r\n")

    async def _fail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.name == "smtp":
            writer.write(_SMTP_421)
        else:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_HTTP_500)
        await writer.drain()
        writer.write_eof()
        await asyncio.wait_for(reader.read(), timeout=1.0)  # a reset must not overtake the answer


class _Link:
    """The two halves of a connection."""

    def __init__(self, near: asyncio.StreamWriter) -> None:
        self.near = near
        self.far: asyncio.StreamWriter | None = None
        self.closed = False
        self.asked = False
        self.gone = asyncio.Event()

    def close(self) -> None:
        """Both sides have said all they wanted, and will be told it."""
        self.closed = True
        for writer in (self.near, self.far):
            if writer is not None:
                writer.close()

    def reset(self) -> None:
        """Both sides are told at once, without a goodbye."""
        self.gone.set()
        for writer in (self.near, self.far):
            if writer is not None:
                writer.transport.abort()


class Proxies:
    """All proxies of a system, on an event loop in a thread of their own; every method may be called from any thread.

    `proxy_port` fits `deploy.local.topology.ProxyPort`.
    """

    def __init__(self) -> None:
        self._proxies: dict[str, Proxy] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_READY_SECONDS)
        self._loop.close()

    @property
    def names(self) -> list[str]:
        """What has a proxy before it."""
        return sorted(self._proxies)

    def proxy_port(self, name: str, port: int) -> int:
        """Put a proxy before `port`; returns the port it listens on."""
        return self._call(self._listen(Proxy(name, port)))

    def switch(self, name: str, mode: Mode, *, seconds: float = 0.0) -> None:
        """As `Proxy.switch`."""
        self._call(_soon(lambda: self._proxies[name].switch(mode, seconds=seconds)))

    def cut(self, name: str) -> int:
        """As `Proxy.cut`."""
        return int(self._call(_soon(self._proxies[name].cut)))

    async def _listen(self, proxy: Proxy) -> int:
        self._proxies[proxy.name] = proxy
        server = await asyncio.start_server(proxy.accept, LOOPBACK, 0, family=socket.AF_INET, backlog=512)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for proxy in self._proxies.values():
            proxy.cut()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        if carrying:
            await asyncio.wait(carrying, timeout=_READY_SECONDS / 2)
        await asyncio.sleep(_LAST_SECONDS)  # transports close on the loop's next turns

    def _call(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_READY_SECONDS)


async def _soon(act: Any) -> Any:
    return act()
