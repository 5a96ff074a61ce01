"""Asks the services over HTTP for the pages; their refusals are raised as `ServiceProblem`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

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
    """The HTTP clients of the services, by name; `addresses` are their base addresses."""

    def __init__(self, addresses: Mapping[str, str], limits: ServiceLimits) -> None:
        pool = httpx.Limits(max_connections=limits.connections, max_keepalive_connections=limits.connections)
        timeout = httpx.Timeout(limits.seconds, connect=_CONNECT_SECONDS)
        self._clients = {
            name: httpx.AsyncClient(base_url=address.rstrip("/"), limits=pool, timeout=timeout, trust_env=False)
            for name, address in addresses.items()
        }

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

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
        if answer.is_error:
            _read(service, answer, await _whole(service, answer))
        kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        kept |= {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}
        return StreamingResponse(
            answer.aiter_raw(),
            status_code=answer.status_code,
            headers={"cache-control": "no-store", **kept},
            background=BackgroundTask(answer.aclose),
        )

    async def _send(
        self,
        request: Request,
        service: str,
        call: tuple[str, str],
        *,
        headers: RequestHeaders,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        client, (method, path) = self._clients[service], call
        told: dict[str, str | bytes] = {
            "x-forwarded-for": client_of(request.scope),
            "traceparent": current_traceparent() or "",
        }
        asked = client.build_request(method, path, headers=_encoded({**told, **headers}), json=body)
        try:
            return await client.send(asked, stream=True)
        except httpx.TransportError as error:
            raise Unavailable(f"{service} does not answer") from error


def _encoded(headers: RequestHeaders) -> dict[bytes, bytes]:
    return {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in headers.items()}


async def _whole(service: str, answer: httpx.Response) -> bytes:
    try:
        return await answer.aread()
    except httpx.TransportError as error:
        raise Unavailable(f"{service} did not finish its answer") from error


def _read(service: str, answer: httpx.Response, content: bytes) -> Any:
    """The JSON of an answer; a refusal that is none of ours is one without words."""
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"{service} answered {answer.status_code}")
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if answer.is_success:
        if told is None:
            raise Unavailable(f"{service} answered {answer.status_code} without JSON")
        return told
    kept = {name: value for name, value in answer.headers.items() if name == "retry-after"}
    without_words = {"code": "Refused", "status": answer.status_code}
    known = isinstance(told, dict) and without_words.keys() <= told.keys()
    raise ServiceProblem(told if known else without_words, headers=kept)
