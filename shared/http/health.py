"""The routes `/healthz` and `/readyz`: the public port names parts, the management port also says what is wrong."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.observability.faults import standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a process is well, and for each of its parts whether that is."""

    well: bool
    parts: Mapping[str, bool]

    @classmethod
    def of(cls, parts: Mapping[str, bool]) -> "Verdict":
        """The process is well if all parts are."""
        return cls(well=all(parts.values()), parts=parts)


Liveness: TypeAlias = Callable[[], Verdict]
Readiness: TypeAlias = Callable[[], Awaitable[Verdict]]


def health_routes(liveness: Liveness, readiness: Readiness) -> list[Route]:
    """The routes for the public port."""
    return _routes(liveness, readiness, dict)


def detailed_health_routes(liveness: Liveness, readiness: Readiness) -> list[Route]:
    """The routes for the management port: `/readyz` also says what is wrong and where to look."""
    return _routes(liveness, readiness, lambda: {"faults": standing()})


def _routes(liveness: Liveness, readiness: Readiness, details: Callable[[], dict[str, Any]]) -> list[Route]:
    async def healthz(_request: Request) -> Response:
        return _answer(liveness())

    async def readyz(_request: Request) -> Response:
        return _answer(await readiness(), **details())

    return [
        Route("/healthz", healthz, include_in_schema=False),
        Route("/readyz", readyz, include_in_schema=False),
    ]


def _answer(verdict: Verdict, **details: Any) -> Response:
    body = {"status": "ok" if verdict.well else "failing", "parts": dict(verdict.parts), **details}
    return JSONResponse(body, status_code=200 if verdict.well else 503)
