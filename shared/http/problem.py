"""Error responses: problem+json (RFC 9457) with a stable code and a title in Lao and English; no input is quoted."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from shared.auth import TokenInvalid
from shared.http.validation import FieldProblem, field_problems
from shared.kernel import Refusal, Unavailable, kebab
from shared.observability.logging import Log, log
from shared.observability.tracing import current_trace_id

PROBLEM_JSON: Final = "application/problem+json"
_BEARER: Final = 'Bearer realm="pasum"'  # without `error` if the request had no token (RFC 6750, 3.1)
_INVALID: Final = f'{_BEARER}, error="invalid_token"'


class Problem(BaseModel):
    """The body of every response with status 400 or above; programs should depend on `code`."""

    type: str = Field(description="urn:pasum:problem:<code in kebab case>")
    title: str = Field(description="Lao")
    title_en: str = Field(description="English")
    status: int
    code: str = Field(description="class name of the refusal")
    field: str | None = Field(default=None, description="JSON pointer (RFC 6901) to the first offending member")
    errors: list[FieldProblem] | None = Field(default=None, description="each offending member")
    details: dict[str, Any] | None = Field(default=None, description="safe values the client may show")
    instance: str | None = Field(default=None, description="urn:pasum:trace:<trace id>")
    trace_id: str | None = Field(default=None, description="quote it when asking for help")


ShowProblem: TypeAlias = Callable[[Request, Mapping[str, Any], Mapping[str, str]], Response]
"""Shows a problem, given its members and its headers, in another form than problem+json: as a page."""


class ProblemResponse(Response):
    """A problem as problem+json, or as `app.state.show_problem` shows it where an application has set it."""

    def __init__(self, problem: Mapping[str, Any], *, headers: Mapping[str, str] | None) -> None:
        content = json.dumps(problem, ensure_ascii=False, separators=(",", ":"), default=str)
        super().__init__(content, status_code=problem["status"], headers=headers, media_type=PROBLEM_JSON)
        self._problem, self._given = problem, headers or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        show: ShowProblem | None = getattr(scope["app"].state, "show_problem", None) if "app" in scope else None
        if show is None:
            await super().__call__(scope, receive, send)
        else:
            await show(Request(scope), self._problem, self._given)(scope, receive, send)


class ClientLeft(Exception):
    """The client closed the connection before its request was complete."""


class InvalidRequest(Refusal):
    """Members are missing, unknown, or not of the documented form."""

    status = 422
    lao = "ຂໍ້ມູນທີ່ສົ່ງມາບໍ່ຖືກຕ້ອງ. ກະລຸນາກວດຄືນ"
    english = "The request is not valid; see errors."


class MalformedRequest(Refusal):
    """The request cannot be read at all."""

    status = 400
    lao = "ບໍ່ສາມາດອ່ານຄຳຂໍໄດ້"
    english = "The request cannot be read."


class MalformedJson(Refusal):
    """The body is not JSON (RFC 8259)."""

    status = 400
    lao = "ຂໍ້ມູນທີ່ສົ່ງມາບໍ່ແມ່ນ JSON ທີ່ຖືກຕ້ອງ"
    english = "The body is not well-formed JSON."


class InvalidCharacters(Refusal):
    """Not UTF-8, a NUL (PostgreSQL stores none), or half of a surrogate pair."""

    status = 400
    lao = "ຂໍ້ຄວາມມີຕົວອັກສອນທີ່ໃຊ້ບໍ່ໄດ້"
    english = "The request holds characters that cannot be stored."


class BodyTooLarge(Refusal):
    """The body is larger than this service accepts."""

    status = 413
    lao = "ຂໍ້ມູນທີ່ສົ່ງມາໃຫຍ່ເກີນກຳນົດ"
    english = "The body is too large."


class HeadersTooLarge(Refusal):
    """The request has more headers, or longer ones, than this service accepts (RFC 6585)."""

    status = 431
    lao = "ສ່ວນຫົວຂອງຄຳຂໍ (headers) ໃຫຍ່ເກີນກຳນົດ"
    english = "The headers of the request are too many or too large."


class TargetTooLong(Refusal):
    """The path and query are longer than this service accepts."""

    status = 414
    lao = "ທີ່ຢູ່ (URL) ຍາວເກີນກຳນົດ"
    english = "The address is too long."


class RequestNotInTime(Refusal):
    """The request did not arrive whole within the time it has."""

    status = 408
    lao = "ຄຳຂໍມາບໍ່ຄົບພາຍໃນເວລາກຳນົດ"
    english = "The request did not arrive in time."


class UnsupportedMediaType(Refusal):
    """The body is not sent as JSON."""

    status = 415
    lao = "ກະລຸນາສົ່ງຂໍ້ມູນເປັນ application/json"
    english = "Send the body as application/json."


class UnknownPath(Refusal):
    """No route has this path."""

    status = 404
    lao = "ບໍ່ພົບທີ່ຢູ່ນີ້"
    english = "There is nothing at this address."


class MethodNotAllowed(Refusal):
    """The path exists, but not for this method."""

    status = 405
    lao = "ທີ່ຢູ່ນີ້ບໍ່ຮັບຄຳຂໍດ້ວຍວິທີນີ້"
    english = "This address does not take that method."


_BY_STATUS: Final[Mapping[int, type[Refusal]]] = {
    kind.status: kind for kind in (MalformedJson, UnknownPath, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType)
}


def problem_of(kind: type[Refusal]) -> dict[str, Any]:
    """The members of the problem that every refusal of this kind has."""
    return _members(kind.__name__, kind.status, title=kind.lao, title_en=kind.english)


def refusal_answer(refusal: Refusal, *, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """The response for a refusal; a detail `retry_after` (seconds) is also sent as the header Retry-After.

    A detail `errors` has the form of pydantic's errors, and is sent as the member `errors` in both languages.
    """
    details = dict(refusal.details)
    if "errors" in details:
        members["errors"] = [one.model_dump(by_alias=True) for one in field_problems(details.pop("errors"))]
    if "retry_after" in details:
        headers = {"retry-after": str(details["retry_after"]), **(headers or {})}
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers = {"www-authenticate": _INVALID if isinstance(refusal, TokenInvalid) else _BEARER, **(headers or {})}
    return _answer(
        code=refusal.code,
        status=refusal.status,
        title=refusal.lao,
        title_en=refusal.english,
        headers=headers,
        members={"field": refusal.field, "details": details or None, **members},
    )


def unavailable_answer(error: Unavailable) -> Response:
    """The 503 response for `Unavailable`, with Retry-After in whole seconds, at least 1."""
    return _answer(
        code="Unavailable",
        status=503,
        title="ລະບົບບໍ່ສາມາດໃຫ້ບໍລິການໄດ້ຊົ່ວຄາວ. ກະລຸນາລອງໃໝ່ພາຍຫຼັງ",
        title_en="The service is not available at the moment; try again later.",
        headers={"retry-after": str(max(1, round(error.retry_after)))},
    )


def defect_answer() -> Response:
    """The 500 response for a defect; it tells only the trace id."""
    return _answer(
        code="InternalError",
        status=500,
        title="ເກີດຂໍ້ຜິດພາດໃນລະບົບ. ກະລຸນາແຈ້ງຜູ້ດູແລລະບົບ",
        title_en="Something went wrong on our side; please tell the operators.",
    )


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Exception handler for `Refusal`."""
    assert isinstance(error, Refusal)  # noqa: S101 -- registered for this class alone
    return refusal_answer(error)


async def on_unavailable(_request: Request, error: Exception) -> Response:
    """Exception handler for `Unavailable`."""
    assert isinstance(error, Unavailable)  # noqa: S101 -- registered for this class alone
    log.warning(Log.UNAVAILABLE, what=str(error), error=error)
    return unavailable_answer(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Exception handler for errors of the framework: unknown path, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class alone
    cause = error.__cause__  # if the body could not be read, the reason is only here
    if isinstance(cause, ClientLeft):
        raise cause
    if isinstance(cause, Refusal):
        return refusal_answer(cause)
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(_methods(request))}
    return refusal_answer(_BY_STATUS.get(error.status_code, MalformedRequest)(), headers=headers)


def _methods(request: Request) -> list[str]:
    """All methods of a path; the framework lists only those of the first matching route."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    found = {method for route in routes for method in getattr(route, "methods", None) or ()}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """Exception handler for requests that do not match the model of their route."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for this class alone
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return refusal_answer(MalformedJson())
    if isinstance(error.body, bytes) and not is_json(request.headers.get("content-type", "")):
        return refusal_answer(UnsupportedMediaType())
    problems = field_problems(found)
    return refusal_answer(
        InvalidRequest(field=problems[0].field), errors=[one.model_dump(by_alias=True) for one in problems]
    )


def is_json(content_type: str) -> bool:
    """Whether the content type is `application/json` or `application/<something>+json`."""
    essence = content_type.partition(";")[0].strip().lower()
    return essence == "application/json" or (essence.startswith("application/") and essence.endswith("+json"))


def _answer(
    *,
    code: str,
    status: int,
    title: str,
    title_en: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> Response:
    trace_id = current_trace_id()
    given = {name: value for name, value in (members or {}).items() if value is not None}
    body = {**_members(code, status, title=title, title_en=title_en), **given}
    if trace_id is not None:
        body |= {"instance": f"urn:pasum:trace:{trace_id}", "trace_id": trace_id}
    return ProblemResponse(body, headers=headers)


def _members(code: str, status: int, *, title: str, title_en: str) -> dict[str, Any]:
    return {
        "type": f"urn:pasum:problem:{kebab(code)}",
        "title": title,
        "title_en": title_en,
        "status": status,
        "code": code,
    }
