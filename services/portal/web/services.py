"""Asks the services over HTTP for the pages; their refusals are raised as `ServiceProblem`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from yarl import URL

from shared.http.clients import client_of
from shared.kernel import Unavailable
from shared.observability.tracing import current_traceparent

RequestHeaders: TypeAlias = Mapping[str, str | bytes]
_CONNECT_SECONDS: Final = 3.0
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_PASSED_ON: Final = (
    *("accept-ranges", "cache-control", "content-disposition", "content-length", "content-range", "content-type"),
    *("content-security-policy", "etag"),
)
"""Headers of a file that a browser gets as the service sent them."""
_ASKED: Final = ("range", "if-range", "if-none-match")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """How long a page waits for a service, and how many connections it opens to each."""

    seconds: float
    connections: int


class ServiceProblem(Exception):
    """A service has refused; `problem` has the members of its problem+json (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any], *, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        super().__init__(problem["code"])
        self.problem = problem
        self.headers = headers

    @property
    def code(self) -> str:
        """Class name of the refusal."""
        return str(self.problem["code"])

    @property
    def status(self) -> int:
        """Status of the answer."""
        return int(self.problem["status"])


class Services:
    """The HTTP client of the services; `addresses` are their base addresses by name.

    By aiohttp, as most of what a page costs is asking for what is in it (docs/decisions/0063-answering.md).
    """

    def __init__(self, addresses: Mapping[str, str], limits: ServiceLimits) -> None:
        self._addresses = {name: address.rstrip("/") for name, address in addresses.items()}
        self._limits = limits
        self._session: ClientSession | None = None  # it belongs to the event loop, which does not run yet

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def ask(
        self,
        request: Request,
        service: str,
        call: tuple[str, str],
        *,
        headers: RequestHeaders | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON that a service answers to `call` (method and path), on behalf of the client of `request`.

        Raises `ServiceProblem` for what it refuses, `Unavailable` if it does not answer or has a defect.
        """
        answer = await self._send(request, service, call, headers=headers or {}, body=body)
        return _read(service, answer, await _whole(service, answer))

    async def pass_on(
        self, request: Request, service: str, path: str, *, headers: RequestHeaders | None = None
    ) -> Response:
        """A file of a service, or the part of it that the browser asks for, as it comes in. Raises the same."""
        asked: dict[str, str | bytes] = {name: request.headers[name] for name in _ASKED if name in request.headers}
        answer = await self._send(request, service, ("GET", path), headers={**asked, **(headers or {})})
        if answer.status >= HTTPStatus.BAD_REQUEST:
            _read(service, answer, await _whole(service, answer))
        kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        kept |= {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}
        return StreamingResponse(
            answer.content.iter_any(),
            status_code=answer.status,
            headers={"cache-control": "no-store", **kept},
            background=BackgroundTask(answer.close),
        )

    async def _send(
        self,
        request: Request,
        service: str,
        call: tuple[str, str],
        *,
        headers: RequestHeaders,
        body: Mapping[str, Any] | None = None,
    ) -> ClientResponse:
        method, path = call
        told: dict[str, str | bytes] = {
            "x-forwarded-for": client_of(request.scope),
            "traceparent": current_traceparent() or "",
            "accept-encoding": "identity",
        }
        address = URL(self._addresses[service] + path, encoded=True)
        try:
            return await self._client().request(
                method, address, headers=_as_text({**told, **headers}), json=body, allow_redirects=False
            )
        except (ClientError, TimeoutError) as error:
            raise Unavailable(f"{service} does not answer") from error

    def _client(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(
                connect=self._limits.seconds, sock_connect=_CONNECT_SECONDS, sock_read=self._limits.seconds
            )
            self._session = ClientSession(
                connector=TCPConnector(limit=0, limit_per_host=self._limits.connections),
                timeout=timeout,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


def _as_text(headers: RequestHeaders) -> dict[str, str]:
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}


async def _whole(service: str, answer: ClientResponse) -> bytes:
    try:
        return await answer.read()
    except (ClientError, TimeoutError) as error:
        raise Unavailable(f"{service} did not finish its answer") from error


def _read(service: str, answer: ClientResponse, content: bytes) -> Any:
    """The JSON of an answer; a refusal that is none of ours is one without words."""
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"{service} answered {answer.status}")
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if answer.ok:
        if told is None:
            raise Unavailable(f"{service} answered {answer.status} without JSON")
        return told
    kept = {"retry-after": answer.headers["retry-after"]} if "retry-after" in answer.headers else {}
    without_words = {"code": "Refused", "status": answer.status}
    known = isinstance(told, dict) and without_words.keys() <= told.keys()
    raise ServiceProblem(told if known else without_words, headers=kept)
