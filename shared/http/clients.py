"""Who asks without a token: the address behind a request, and the limit that each anonymous route has for it."""

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
"""What an operation's document calls its limit by."""

READS: Final = "anonymous-reads"
WRITES: Final = "anonymous-writes"
MINUTE: Final = 60.0  # seconds
_SITE: Final = 64  # bits: of IPv6, one customer has at least as many addresses (RFC 6177)


class ClientLimits:
    """One limit a name, counted for each client address."""

    def __init__(self, per_minute: Mapping[str, int], *, trusted_proxies: str = "") -> None:
        self._limits = {name: RateLimit(name, Rate(count, MINUTE)) for name, count in per_minute.items()}
        self._trusted = networks(trusted_proxies)

    def take(self, name: str, scope: Scope) -> None:
        """Count a request of its client. Raises `TooManyRequests`."""
        self._limits[name].take(self.client(scope))

    def client(self, scope: Scope) -> str:
        """The address that a request is counted under; what a proxy says of it counts for proxies we trust alone."""
        peer: str = scope["client"][0] if scope.get("client") else ""
        if self._trusted and self._is_proxy(peer):
            peer = next((one for one in _forwarded(scope) if not self._is_proxy(one)), peer)
        return _counted(peer) if ":" in peer else peer

    def _is_proxy(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


def networks(written: str) -> Sequence[Network]:
    """`10.0.0.0/8, fd00::/8` as networks. Raises ValueError."""
    return [ip_network(one.strip()) for one in written.split(",") if one.strip()]


def client_of(scope: Scope) -> str:
    """The client of a request, as the limits of its application count it."""
    limits: ClientLimits = scope["app"].state.client_limits
    return limits.client(scope)


def limited(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes, of which each that asks for no token has a limit, which its document names."""
    return [_limited(route) if isinstance(route, APIRoute) and is_anonymous(route) else route for route in routes]


def is_anonymous(route: APIRoute) -> bool:
    """Whether a route answers without a token."""
    return not _asks_for_token(route.dependant)


class _LimitedRoute:
    """What a route does, after its client was counted."""

    __slots__ = ("_app", "_name")

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app, self._name = app, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits: ClientLimits = scope["app"].state.client_limits
        limits.take(self._name, scope)
        await self._app(scope, receive, send)


def _limited(route: APIRoute) -> APIRoute:
    """A copy: the route belongs to a router that other applications of this process use too."""
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
    """The addresses of X-Forwarded-For that can be read, the nearest first; what was appended last is known best."""
    said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for one in reversed(said.split(",")):
        if _parsed(one.strip()) is None:
            return
        yield one.strip()


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _counted(address: str) -> str:
    """Of an IPv6 address its site; of an IPv4 address in IPv6 clothes the IPv4 address."""
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((parsed, _SITE), strict=False).network_address)
