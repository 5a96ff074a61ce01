"""Who calls and when, as dependencies of a route; and the check of a right."""

from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import Request

from shared.auth import TokenMissing, TokenVerifier
from shared.kernel import Actor, NotPermitted, Role
from shared.observability.logging import Log, log
from shared.observability.metrics import RIGHTS_REFUSED


def utc_now() -> datetime:
    """The clock of production."""
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
        """The actor; the token is checked against the clock of the application."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise TokenMissing
        verifier: TokenVerifier = request.app.state.verifier
        return await verifier.verify(token.strip(), now=request.app.state.clock())


_BEARER: Final = BearerToken()

Now: TypeAlias = Annotated[datetime, Depends(now)]
Authenticated: TypeAlias = Annotated[Actor, Depends(_BEARER)]


def require(actor: Actor, *roles: Role) -> None:
    """The actor has at least one of `roles`; raises `NotPermitted` and counts it otherwise."""
    if actor.roles.isdisjoint(roles):
        RIGHTS_REFUSED.labels(NotPermitted.__name__).inc()
        log.info(Log.RIGHTS_REFUSED, actor=actor.subject, roles=[str(role) for role in actor.roles])
        raise NotPermitted
