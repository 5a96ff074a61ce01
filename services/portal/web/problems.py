"""Shows what cannot be done as a page: what has happened in words, and what to do now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.languages import language_of, localised
from services.portal.web.rendering import leave_for, page
from services.portal.web.services import ServiceProblem
from services.portal.web.session import SignInNeeded

_READING: Final = {"GET", "HEAD"}
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
    """The page of a problem, with its members as in problem+json; whoever must sign in is sent there."""
    if problem["code"] == SignInNeeded.__name__ and not _from_a_form(request):
        return leave_for(request, _login_address(request))
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
    needed = told.get("code") == SignInNeeded.__name__
    kind = "signed-out" if needed else _KINDS.get(status, "refused")
    values = {
        "kind": kind,
        "title": title,
        "trace_id": told.get("trace_id"),
        "login": _login_address(request),
        "lost": request.method not in _READING,
    }
    answer = page(request, _TEMPLATE, values, status=status)
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer


def _from_a_form(request: Request) -> bool:
    """Whether a form of ours may have sent this: `form-action` lets no form be sent on to another site."""
    ours = request.headers.get("sec-fetch-site") == "same-origin"
    return request.method not in _READING or (ours and bool(request.url.query))


def _login_address(request: Request) -> str:
    """The login that leads back to the page that was asked for."""
    asked = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return f"{localised('/login', language_of(request))}?{urlencode({'then': asked})}"
