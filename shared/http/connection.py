"""Limits of one connection of the web server: how much a client may send for a request, and how long it may take.

httptools has no limits of its own, so this class adds them to uvicorn's protocol. A request that arrives in one piece,
as nearly all do, starts no timer. A refused request is answered where that is possible, then the connection is closed;
what the client still sends is discarded, so that it can read the answer (RFC 9112, 9.6).
"""

from asyncio import BaseTransport, TimerHandle
from collections import Counter
from enum import Enum
from typing import Any, Final

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from shared.http.answers import NO_STORE, NOSNIFF
from shared.http.problem import (
    HeadersTooLarge,
    MalformedRequest,
    RequestNotInTime,
    TargetTooLong,
    refusal_answer,
    unavailable_answer,
)
from shared.kernel import Refusal, Unavailable
from shared.observability.metrics import HTTP_CONNECTIONS, HTTP_CONNECTIONS_REFUSED
from shared.settings import HttpSettings

LINGER_SECONDS: Final = 2.0
PIPELINED: Final = 16  # the most requests that may wait behind the one being answered
_LINE_BYTES: Final = 4  # ": " and CR LF


class _Stage(Enum):
    """What the client sends next: a new request, the rest of its headers, or the rest of its body."""

    BETWEEN = "between"
    HEAD = "head"
    BODY = "body"


class _Refused(Exception):
    """Stops the parser; the reason is in `Connection._refusal`."""


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits; `clients` counts the open connections of each address and is shared by all."""

    def __init__(self, *, limits: HttpSettings, clients: Counter[str], **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._limits = limits
        self._clients = clients
        self._address = ""
        self._stage = _Stage.BETWEEN
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._refusal: tuple[str, Refusal] | None = None
        self._over = False
        self._head_bytes = self._head_lines = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """asyncio: a connection was accepted; refuse it (503) if there are too many."""
        super().connection_made(transport)  # type: ignore[arg-type]  # -- uvicorn narrows it; it is a TCP transport
        HTTP_CONNECTIONS.inc()
        self._address = self.client[0] if self.client else ""
        self._clients[self._address] += 1
        allowed = self._limits.connections_per_client
        if len(self.connections) > self._limits.connections:
            self._turn_away("connections")
        elif allowed and self._clients[self._address] > allowed:
            self._turn_away("client")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is closed; stop the timers and correct the counts."""
        HTTP_CONNECTIONS.dec()
        self._clients[self._address] -= 1
        if not self._clients[self._address]:
            del self._clients[self._address]
        self._stop_waiting()
        self._unset_keepalive_if_required()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes have arrived; parse them, and limit the length and the time of an incomplete request."""
        if self._over:
            return
        in_head = self._stage is _Stage.HEAD
        super().data_received(data)
        if in_head:
            self._count_unfinished(len(data))
        if self._deadline is None and not self.transport.is_closing():
            self._watch()

    def on_message_begin(self) -> None:
        """Parser: a request begins."""
        self._stop_waiting()
        self._stage, self._head_bytes, self._head_lines = _Stage.HEAD, 0, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Parser: a part of the request target."""
        super().on_url(url)
        if len(self.url) > self._limits.target_bytes:
            self._stop_parser("target", TargetTooLong())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser: a header, or a trailer after the body."""
        self._head_lines += 1
        self._head_bytes += len(name) + len(value) + _LINE_BYTES
        if self._head_lines > self._limits.header_count or self._head_bytes > self._limits.header_bytes:
            self._stop_parser("headers", HeadersTooLarge())
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Parser: all headers have arrived; a body may follow."""
        self._stop_waiting()
        self._stage = _Stage.BODY
        if len(self.pipeline) >= PIPELINED:
            self._stop_parser("pipeline", MalformedRequest())
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Parser: the whole request has arrived."""
        self._stop_waiting()
        self._stage = _Stage.BETWEEN
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """uvicorn: the response is written; if the client has not read it all yet, watch that it does."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._watch_reader()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's signature
        """uvicorn: the parser failed, or one of the methods above stopped it."""
        self._refuse(*(self._refusal or ("malformed", MalformedRequest())))

    def pause_writing(self) -> None:
        """asyncio: the write buffer is full, as the client reads more slowly than we write."""
        super().pause_writing()
        self._watch_reader()

    def _count_unfinished(self, received: int) -> None:
        """Count the bytes received: the parser does not report an unfinished header line."""
        if self._stage is _Stage.HEAD and not self._over:
            self._head_bytes += received
            if self._head_bytes > self._limits.header_bytes:
                self._refuse("headers", HeadersTooLarge())

    def _watch(self) -> None:
        """Start the timer of an incomplete request."""
        if self._over:
            return
        if self._stage is _Stage.BODY:
            self._deadline = self.loop.call_later(self._limits.body_seconds, self._late, "body-time")
        elif self._stage is _Stage.HEAD or self._idle():
            self._await_head()

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self._limits.head_seconds, self._late, "head-time")

    def _idle(self) -> bool:
        """Whether there is no request and no keep-alive timer of uvicorn (after empty lines before a request)."""
        return self.timeout_keep_alive_task is None and self._current() is None

    def _current(self) -> RequestResponseCycle | None:
        """The request that is being answered, or None."""
        cycle: Any = self.cycle  # None before the first request
        return None if cycle is None or cycle.response_complete else cycle

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self, reason: str) -> None:
        self._deadline = None
        if self.flow.read_paused:  # we do not read at the moment, so the client is not late
            self._watch()
        elif self._stage is _Stage.BETWEEN or (self._stage is _Stage.BODY and self.cycle.response_started):
            HTTP_CONNECTIONS_REFUSED.labels(reason).inc()
            self.shutdown()
        else:
            self._refuse(reason, RequestNotInTime())

    def _stop_parser(self, reason: str, refusal: Refusal) -> None:
        self._refusal = reason, refusal
        raise _Refused

    def _refuse(self, reason: str, refusal: Refusal) -> None:
        """Send the refusal and close; if an earlier request is being answered, finish that and send nothing more."""
        HTTP_CONNECTIONS_REFUSED.labels(reason).inc()
        self._over = True
        self._stop_waiting()
        self.flow.resume_reading()
        current = self._current()
        if current is not None and (self._stage is not _Stage.BODY or self.pipeline):
            current.keep_alive = False
            self.pipeline.clear()
            return
        if current is None or not current.response_started:
            self._write(refusal_answer(refusal))
        if current is not None:  # the route waits for a body that will not come
            current.disconnected = True
            current.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _turn_away(self, reason: str) -> None:
        HTTP_CONNECTIONS_REFUSED.labels(reason).inc()
        self._over = True
        self.connections.discard(self)
        self._write(unavailable_answer(Unavailable("connections", retry_after=LINGER_SECONDS)))
        self.transport.close()

    def _write(self, response: Response) -> None:
        own = (NOSNIFF, NO_STORE, (b"connection", b"close"))
        headers = [*self.server_state.default_headers, *response.raw_headers, *own]
        lines = [b"%s: %s\r\n" % pair for pair in headers]
        self.transport.write(b"".join([STATUS_LINE[response.status_code], *lines, b"\r\n", bytes(response.body)]))

    def _watch_reader(self) -> None:
        if self._unread is None:
            waiting = self.transport.get_write_buffer_size()
            self._unread = self.loop.call_later(self._limits.read_seconds, self._slow_reader, waiting)

    def _slow_reader(self, before: int) -> None:
        """Abort the connection of a client that has read nothing of its response for `read_seconds`."""
        self._unread, waiting = None, self.transport.get_write_buffer_size()
        if waiting >= before:
            HTTP_CONNECTIONS_REFUSED.labels("read-time").inc()
            self.transport.abort()
        elif waiting:
            self._watch_reader()
