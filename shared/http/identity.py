"""Dependencies of routes: the actor behind the bearer token and the time of the request; and the check of roles."""

from collections.abc import Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.auth import TokenMissing, TokenVerifier
from shared.http.clients import is_anonymous
from shared.kernel import Actor, NotPermitted, Role
from shared.observability.logging import Log, log
from shared.observability.metrics import RIGHTS_REFUSED
from shared.succession import Succession

_ACTOR: Final = "pasum.actor"  # in the scope of a request


def utc_now() -> datetime:
    """The current time in UTC: the clock used in production."""
    return datetime.now(UTC)


async def now(request: Request) -> datetime:
    """Dependency: one clock reading, in UTC, from `app.state.clock`."""
    reading: datetime = request.app.state.clock()
    return reading


class BearerToken(SecurityBase):
    """Dependency: the actor behind `Authorization: Bearer …`; raises `TokenMissing`, `TokenInvalid`, `Unavailable`."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(bearerFormat="JWT", description="an access token of the OIDC issuer")
        self.scheme_name = "bearer"

    async def __call__(self, request: Request) -> Actor:
        """The actor; the token is verified once per request, against the clock of the application."""
        known: Actor | None = request.scope.get(_ACTOR)
        if known is not None:
            return known
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenMissing
        verifier: TokenVerifier = request.app.state.verifier
        at = request.app.state.clock()
        actor = await verifier.verify(token.strip(), now=at)
        succession: Succession | None = getattr(request.app.state, "succession", None)
        if succession is not None:
            actor = await succession.with_predecessors(actor, at=at)
        request.scope[_ACTOR] = actor
        return actor


_BEARER: Final = BearerToken()


class _AuthenticatedRoute:
    """An ASGI application that verifies the token before it calls the route; without one the body is not even read."""

    __slots__ = ("_app",)

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _BEARER(Request(scope))
        await self._app(scope, receive, send)


def with_authentication(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes; each that needs a token is replaced by a copy that verifies it before anything else."""
    return [
        route if not isinstance(route, APIRoute) or is_anonymous(route) else _authenticated(route) for route in routes
    ]


def _authenticated(route: APIRoute) -> APIRoute:
    own = copy(route)  # other applications of this process use the same router
    own.app = _AuthenticatedRoute(route.app)
    return own


Now: TypeAlias = Annotated[datetime, Depends(now)]
Authenticated: TypeAlias = Annotated[Actor, Depends(_BEARER)]


def require(actor: Actor, *roles: Role) -> None:
    """Raise `NotPermitted`, which names `roles`, unless the actor has at least one of them; counted and logged."""
    if actor.roles.isdisjoint(roles):
        RIGHTS_REFUSED.labels(NotPermitted.__name__).inc()
        log.info(Log.RIGHTS_REFUSED, actor=actor.subject, roles=[str(role) for role in actor.roles])
        raise NotPermitted(roles=[str(role) for role in roles])
