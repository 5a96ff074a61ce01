"""A small HTTP/1.1 load generator: keep-alive connections, one request in flight on each, bounded in count."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httptools

CONNECTIONS = 64


class UnexpectedAnswer(RuntimeError):
    """The server did not answer as the measurement needs."""


class _Connection(asyncio.Protocol):
    """Sends the requests it is given, one after the other."""

    def __init__(self, requests: Iterator[bytes], expected: int, done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._expected = expected
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status != self._expected:
            self._transport.abort()
            if not self._done.done():
                self._done.set_exception(UnexpectedAnswer(f"status {status}"))
            return
        self._parser = httptools.HttpResponseParser(self)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or UnexpectedAnswer("connection closed"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


def post(path: str, body: Any, **headers: str) -> bytes:
    """One request, ready to be sent; `idempotency_key="k"` is a header."""
    content = json.dumps(body, ensure_ascii=False).encode()
    of_body = {"content_type": "application/json", "content_length": str(len(content))}
    return _head("POST", path, of_body | headers) + content


def get(path: str, **headers: str) -> bytes:
    """The same without a body."""
    return _head("GET", path, headers)


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    named = (f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *named, "", ""]).encode()


async def send(url: str, requests: Sequence[bytes], *, expected: int = 201, connections: int = CONNECTIONS) -> float:
    """Send all over so many connections; the seconds it took. Raises `UnexpectedAnswer`."""
    loop, address, waiting = asyncio.get_running_loop(), urlsplit(url), iter(requests)
    started = loop.time()
    finished = [loop.create_future() for _ in range(connections)]
    for done in finished:
        connect = partial(_Connection, waiting, expected, done)
        await loop.create_connection(connect, address.hostname or "127.0.0.1", address.port or 80)
    await asyncio.gather(*finished)
    return loop.time() - started
