"""Rate limits of routes that need no token, counted by client address."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.rate_limits import Rate, RateLimit

Network: TypeAlias = IPv4Network | IPv6Network
LIMIT: Final = "x-rate-limit"
"""The extension of an OpenAPI operation that names its rate limit."""

READS: Final = "anonymous-reads"
WRITES: Final = "anonymous-writes"
MINUTE: Final = 60.0  # seconds
_SITE: Final = 64  # bits of prefix: one IPv6 customer has at least a /64 (RFC 6177), which is counted as one client


class ClientLimits:
    """Named rate limits, each counted by client address; the limits are requests per minute."""

    def __init__(self, per_minute: Mapping[str, int], *, trusted_proxies: str = "") -> None:
        self._limits = {name: RateLimit(name, Rate(count, MINUTE)) for name, count in per_minute.items()}
        self._trusted = networks(trusted_proxies)

    def take(self, name: str, scope: Scope) -> None:
        """Count one request of this client; raises `TooManyRequests` if it is over the limit `name`."""
        self._limits[name].take(self.client(scope))

    def client(self, scope: Scope) -> str:
        """The address under which a request is counted; X-Forwarded-For is used only if a trusted proxy sent it."""
        peer: str = scope["client"][0] if scope.get("client") else ""
        if self._trusted and self._is_proxy(peer):
            peer = next((one for one in _forwarded(scope) if not self._is_proxy(one)), peer)
        return _counted(peer) if ":" in peer else peer

    def _is_proxy(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


def networks(written: str) -> Sequence[Network]:
    """The networks of a list such as `10.0.0.0/8, fd00::/8`; raises `ValueError` if it cannot be read."""
    return [ip_network(one.strip()) for one in written.split(",") if one.strip()]


def client_of(scope: Scope) -> str:
    """The client address of a request, as its application's limits count it."""
    limits: ClientLimits = scope["app"].state.client_limits
    return limits.client(scope)


def with_rate_limits(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes; each that needs no token is replaced by a copy with a rate limit, named in its OpenAPI operation."""
    return [_limited(route) if isinstance(route, APIRoute) and is_anonymous(route) else route for route in routes]


def is_anonymous(route: APIRoute) -> bool:
    """Whether a route needs no token."""
    return not _asks_for_token(route.dependant)


class _LimitedRoute:
    """An ASGI application that counts the client before it calls the route."""

    __slots__ = ("_app", "_name")

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app, self._name = app, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits: ClientLimits = scope["app"].state.client_limits
        limits.take(self._name, scope)
        await self._app(scope, receive, send)


def _limited(route: APIRoute) -> APIRoute:
    """A copy with a rate limit: other applications of this process use the same router."""
    extra = route.openapi_extra or {}
    usual = READS if set(route.methods or ()) <= {"GET", "HEAD"} else WRITES
    name = extra.get(LIMIT, usual)
    own = copy(route)
    own.openapi_extra = {**extra, LIMIT: name}
    own.app = _LimitedRoute(route.app, name)
    return own


def _asks_for_token(dependant: Dependant) -> bool:
    called: Sequence[object] = [each.call for each in dependant.dependencies]
    return any(isinstance(one, SecurityBase) for one in called) or any(map(_asks_for_token, dependant.dependencies))


def _forwarded(scope: Scope) -> Iterator[str]:
    """The addresses of X-Forwarded-For, last first, up to the first that is not an address.

    Each proxy appends the address it has seen, so the last entries are the most reliable.
    """
    header = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for address in reversed(header.split(",")):
        if _parsed(address.strip()) is None:
            return
        yield address.strip()


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _counted(address: str) -> str:
    """The /64 network of an IPv6 address; the IPv4 address of an IPv4-mapped one (`::ffff:a.b.c.d`)."""
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((parsed, _SITE), strict=False).network_address)
