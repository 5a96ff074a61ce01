"""Creates the web applications of a process: the service's routes, and the management port with health and metrics."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.auth import TokenVerifier
from shared.database import Database
from shared.http.clients import ClientLimits, with_rate_limits
from shared.http.documentation import document
from shared.http.glossary import Glossary
from shared.http.health import Liveness, Readiness, detailed_health_routes, health_routes
from shared.http.identity import utc_now, with_authentication
from shared.http.middleware import BODY_LIMIT, RequestMiddleware
from shared.http.problem import ShowProblem, on_http_exception, on_invalid_request, on_refusal, on_unavailable
from shared.http.uploads import Uploads
from shared.kernel import Refusal, Unavailable

# FastAPI's own spans would record exception messages, which may quote rows of the database.
_SILENT: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(  # noqa: PLR0913 -- all named
    *,
    service: str,
    title: str,
    database: Database | None,
    verifier: TokenVerifier | None,
    liveness: Liveness,
    readiness: Readiness,
    routers: Sequence[APIRouter] = (),
    version: str = "1",
    body_limit: int = BODY_LIMIT,
    clock: Callable[[], datetime] = utc_now,
    client_limits: ClientLimits,
    glossary: Glossary = MappingProxyType({}),
    show_problem: ShowProblem | None = None,
) -> FastAPI:
    """The FastAPI application of `service`; `liveness` and `readiness` say whether the process is well.

    Web pages have neither database, verifier nor documentation; they show problems by `show_problem`, others as
    problem+json.

    Routes find `app.state.database`, `app.state.verifier` and `app.state.clock`. The documentation is `/openapi.json`,
    explained by `glossary`; FastAPI's documentation pages are off, as they load scripts from another host.
    """
    app = _new_application(title, version, documented=show_problem is None)
    app.state.service, app.state.database, app.state.verifier, app.state.clock = service, database, verifier, clock
    app.state.client_limits, app.state.glossary, app.state.show_problem = client_limits, glossary, show_problem
    uploads = Uploads([route for router in routers for route in router.routes])
    app.add_middleware(RequestMiddleware, body_limit=body_limit, uploads=uploads)
    for router in routers:
        # Not `include_router`, which would match each request twice.
        app.router.routes.extend(with_authentication(with_rate_limits(router.routes)))
    app.router.routes.extend(health_routes(liveness, readiness))
    return app


class _Application(FastAPI):
    """FastAPI whose OpenAPI document lists the problems of each operation."""

    def openapi(self) -> dict[str, Any]:
        return document(self)


def _new_application(title: str, version: str, *, documented: bool) -> FastAPI:
    """FastAPI with our exception handlers, without its documentation pages, redirects and telemetry."""
    return _Application(
        title=title,
        version=version,
        openapi_url="/openapi.json" if documented else None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_SILENT,
        exception_handlers={
            Refusal: on_refusal,
            Unavailable: on_unavailable,
            HTTPException: on_http_exception,
            RequestValidationError: on_invalid_request,
        },
    )


def create_management(liveness: Liveness, readiness: Readiness) -> ASGIApp:
    """The application of the management port: `/healthz`, `/readyz` and `/metrics`, for monitoring systems only."""
    return Starlette(routes=[*detailed_health_routes(liveness, readiness), Route("/metrics", _metrics)])


async def _metrics(request: Request) -> Response:
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"content-type": content_type})
