"""Shows what cannot be done as a page: what has happened in words, and what to do now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.languages import language_of
from services.portal.web.rendering import page
from services.portal.web.services import ServiceProblem

_TEMPLATE: Final = "web/layout/problem.html.j2"
_KINDS: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "unknown",
    HTTPStatus.METHOD_NOT_ALLOWED: "unknown",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "often",
    HTTPStatus.INTERNAL_SERVER_ERROR: "defect",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}


def show_problem(request: Request, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """The page of a problem, with its members as in problem+json."""
    return problem_page(request, status=int(problem["status"]), problem=problem, headers=headers)


async def on_service_problem(request: Request, error: Exception) -> Response:
    """Exception handler for what a service has refused, where a page does not show it in its own way."""
    assert isinstance(error, ServiceProblem)  # noqa: S101 -- registered for this class alone
    return problem_page(request, status=error.status, problem=error.problem, headers=error.headers)


def problem_page(
    request: Request,
    *,
    status: int,
    problem: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The page for a status; what the problem says is shown where the status alone says too little."""
    told = problem or {}
    title = told.get("title" if language_of(request) == "lo" else "title_en")
    values = {"kind": _KINDS.get(status, "refused"), "title": title, "trace_id": told.get("trace_id")}
    answer = page(request, _TEMPLATE, values, status=status)
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer
