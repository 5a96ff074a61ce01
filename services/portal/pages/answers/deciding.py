"""One answer, and what the organiser decides on it: admitted, not admitted, moved up from the waiting list."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.errors import NO_ERRORS
from services.portal.web.forms import NOTHING_SENT, sent_form
from services.portal.web.languages import language_of
from services.portal.web.office import ServiceProblem, act, meeting_path, office_errors, organises, read
from services.portal.web.rendering import go_to, page
from services.portal.web.session import Person, SignedIn
from shared.http.problem import UnknownPath

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/answers"
_DECISIONS: Final = ("approve", "reject", "promote")


@router.get("/staff/meetings/{meeting_id}/answers/{registration_id}")
async def show_answer(request: Request, person: SignedIn, meeting_id: str, registration_id: str) -> HTMLResponse:
    """One answer, with the decisions that are open."""
    return await _answer_page(request, person, meeting_id, registration_id)


@router.post("/staff/meetings/{meeting_id}/answers/{registration_id}")
async def decide(request: Request, person: SignedIn, meeting_id: str, registration_id: str) -> Response:
    """Carry the decision out; the person is told of it."""
    sent = await sent_form(request)
    decision = sent.get("decision")
    if decision not in _DECISIONS:
        raise UnknownPath
    path = f"{meeting_path(meeting_id)}/registrations/{quote(registration_id, safe='')}/{decision}"
    body = None if decision == "approve" else {"reason": sent.get("reason")}
    try:
        await act(request, person, ("POST", path), body, sent=sent)
    except ServiceProblem as problem:
        shown = {"sent": sent, "errors": office_errors(problem, language_of(request))}
        return await _answer_page(request, person, meeting_id, registration_id, status=problem.status, **shown)
    return go_to(request, f"/staff/meetings/{meeting_id}/answers/{registration_id}")


async def _answer_page(
    request: Request, person: Person, meeting_id: str, registration_id: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    meeting = await read(request, person, meeting_path(meeting_id))
    values = {
        "person": person,
        "meeting": meeting,
        "own": organises(person, meeting),
        "answer": await _answer(request, person, meeting_id, registration_id),
        "sent": NOTHING_SENT,
        "errors": NO_ERRORS,
    }
    return page(request, f"{_FOLDER}/answer.html.j2", {**values, **shown}, status=status)


async def _answer(request: Request, person: Person, meeting_id: str, registration_id: str) -> dict[str, Any]:
    """The answer as the list has it. Raises `UnknownPath` where the person may not see it, or there is none."""
    path, wanted = f"{meeting_path(meeting_id)}/registrations/search", {"registration_id": registration_id}
    try:
        found: list[dict[str, Any]] = (await read(request, person, path, wanted))["items"]
    except ServiceProblem as problem:
        if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise UnknownPath from None
        raise
    if not found:
        raise UnknownPath
    return found[0]
