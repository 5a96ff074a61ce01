"""Asks the services over HTTP for the pages; their refusals are raised as `ServiceProblem`."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx
from starlette.requests import Request

from shared.http.clients import client_of
from shared.kernel import Unavailable
from shared.observability.tracing import current_traceparent

_CONNECT_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """How long a page waits for a service, and how many connections it opens to each."""

    seconds: float
    connections: int


class ServiceProblem(Exception):
    """A service has refused; `problem` has the members of its problem+json (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any], *, headers: Mapping[str, str]) -> None:
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
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON that a service answers to `call` (method and path), on behalf of the client of `request`.

        Raises `ServiceProblem` for what it refuses, `Unavailable` if it does not answer or has a defect.
        """
        method, path = call
        told = {"x-forwarded-for": client_of(request.scope), "traceparent": current_traceparent() or ""}
        try:
            answer = await self._clients[service].request(method, path, headers={**told, **(headers or {})}, json=body)
        except httpx.TransportError as error:
            raise Unavailable(f"{service} does not answer") from error
        return _read(service, answer)


def _read(service: str, answer: httpx.Response) -> Any:
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"{service} answered {answer.status_code}")
    if answer.is_success:
        return answer.json()
    kept = {name: value for name, value in answer.headers.items() if name == "retry-after"}
    raise ServiceProblem(answer.json(), headers=kept)
