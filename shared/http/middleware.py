"""The middleware around all routes: tracing, checks of headers, size and characters, metrics, and 500 for defects."""

import json
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.answers import Answer
from shared.http.body import REPAIRS_TEXTS, repaired_texts
from shared.http.problem import (
    BodyTooLarge,
    ClientLeft,
    InvalidCharacters,
    MalformedRequest,
    defect_answer,
    is_json,
    refusal_answer,
)
from shared.http.uploads import Uploads, limited
from shared.kernel import Refusal
from shared.observability.logging import Log, log
from shared.observability.metrics import HTTP_ACTIVE, HTTP_REQUESTS, HTTP_SECONDS
from shared.observability.tracing import span

BODY_LIMIT: Final = 1024 * 1024  # bytes
_SINGLE: Final = (b"host", b"content-type", b"content-length", b"authorization", b"idempotency-key", b"x-signature")
_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")  # uri-host [ ":" port ] (RFC 3986, 3.2.2)
_HEALTH: Final = frozenset({"/healthz", "/readyz"})  # routes of Starlette, which FastAPI does not note as matched
_VERSIONS: Final = frozenset({"1.0", "1.1"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMiddleware:
    """The only ASGI middleware; `body_limit` is the largest body in bytes, but for the routes of `uploads`."""

    def __init__(self, app: ASGIApp, *, body_limit: int = BODY_LIMIT, uploads: Uploads | None = None) -> None:
        self._app = app
        self._body_limit = body_limit
        self._uploads = uploads or Uploads(())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; it is always answered (unless the client has left) and counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, headers, method = time.perf_counter(), dict(scope["headers"]), _method(scope)
        answer = Answer(send, method=method, if_none_match=headers.get(b"if-none-match"))
        if method == "HEAD":  # answered by the GET route, whose body is not sent
            unranged = [
                each for each in scope["headers"] if each[0] != b"range"
            ]  # which is of GET alone (RFC 9110, 14.2)
            scope = {**scope, "method": "GET", "headers": unranged}
        traceparent = _text(headers.get(b"traceparent"))
        with HTTP_ACTIVE.track_inprogress(), span(method, traceparent=traceparent, kind=SpanKind.SERVER) as trace:
            await self._admit(scope, headers, receive, answer)
            route = _route(scope)
            trace.update_name(f"{method} {route}")
            trace.set_attribute("http.response.status_code", answer.status)
        requests, seconds = _meters(route, method, answer.status)
        requests.inc()
        if not answer.endless:
            seconds.observe(time.perf_counter() - started)

    async def _admit(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, answer: Answer) -> None:
        try:
            _check_headers(scope, headers)
            _check_target(scope)
            receive = self._receive(scope, headers, receive)
            await self._app(scope, receive, answer.send)
        except Refusal as refusal:
            await refusal_answer(refusal)(scope, receive, answer.send)
        except ClientLeft:
            return
        except Exception as error:
            log.error(Log.REQUEST_FAILED, route=_route(scope), method=_method(scope), error=error)
            if answer.answering:  # the response has begun: the server can only close the connection
                raise
            await defect_answer()(scope, receive, answer.send)

    def _receive(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        """A `receive` that refuses a body that is too large; a large file is passed on in pieces."""
        declared = headers.get(b"content-length", b"")
        if not declared and b"transfer-encoding" not in headers:
            return receive
        large = not declared.isdigit() or int(declared) > self._body_limit
        if large and (limit := self._uploads.limit(scope)) is not None:
            return limited(receive, declared=declared, limit=limit)
        if large and declared.isdigit():
            raise BodyTooLarge
        return _checked_receive(scope, headers, receive, self._body_limit)


def _checked_receive(scope: Scope, headers: dict[bytes, bytes], receive: Receive, limit: int) -> Receive:
    """A `receive` that returns the whole body as one message, checked for its size and its characters.

    It reads the body when the route asks for it, so after the token was verified. Characters are checked only if the
    route has a model of its body; other routes check their body themselves.
    """
    read = False

    async def once() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        body = await _read(receive, limit)
        modelled = getattr(scope.get("route"), "body_field", None) is not None
        if modelled and is_json(headers.get(b"content-type", b"").decode("latin-1")):
            body = _with_usable_texts(scope, body)
        return {"type": "http.request", "body": body, "more_body": False}

    return once


async def _read(receive: Receive, limit: int) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise BodyTooLarge
    return bytes(body)


def _with_usable_texts(scope: Scope, body: bytes) -> bytes:
    """The body, of which all texts can be stored: a route marked with `repairs_texts` gets it mended."""
    if getattr(scope.get("endpoint"), REPAIRS_TEXTS, False):
        return repaired_texts(body)
    _check_texts(body)
    return body


def _check_texts(body: bytes) -> None:
    """Refuse bytes that are not UTF-8, and NULs and lone surrogates in JSON strings, which PostgreSQL cannot store.

    (RFC 8259, 8.2; PostgreSQL, 8.14)
    """
    _check_utf8(body)
    if b"\\u" in body:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return  # the route reads the JSON again and reports the error
        for text in _texts(document):
            _check_utf8(text.encode(errors="surrogatepass"))


def _check_headers(scope: Scope, headers: dict[bytes, bytes]) -> None:
    """Refuse other versions than HTTP/1.0 and 1.1, a missing or malformed Host, and repeated single-value headers.

    (RFC 9110, 5.3; RFC 9112, 3.2)
    """
    version = scope.get("http_version", "1.0")
    if version not in _VERSIONS or (version == "1.1" and b"host" not in headers):
        raise MalformedRequest
    if not _HOST.fullmatch(headers.get(b"host", b"")):
        raise MalformedRequest
    if len(headers) < len(scope["headers"]):
        names = [name for name, _ in scope["headers"]]
        if any(names.count(name) > 1 for name in _SINGLE):
            raise MalformedRequest


def _check_target(scope: Scope) -> None:
    """Refuse a path or a query whose percent-encoded bytes are not UTF-8 or contain a NUL."""
    for part in (scope.get("raw_path") or b"", scope["query_string"]):
        if b"%" in part:
            _check_utf8(unquote_to_bytes(part))


def _check_utf8(octets: bytes) -> None:
    try:
        octets.decode()
    except UnicodeDecodeError:
        raise InvalidCharacters from None
    if b"\0" in octets:
        raise InvalidCharacters


def _texts(document: Any) -> Iterator[str]:
    """All strings of a JSON document, also the member names."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as items:
                waiting.extend(items)
            case dict() as members:
                waiting.extend(members.keys())
                waiting.extend(members.values())


@cache
def _meters(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    return HTTP_REQUESTS.labels(route, method, str(status)), HTTP_SECONDS.labels(route, method)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """The template of the matched route: label values must be few and must not contain text of the client."""
    path = scope.get("path")
    return str(path if path in _HEALTH else getattr(scope.get("route"), "path", "unmatched"))


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None
