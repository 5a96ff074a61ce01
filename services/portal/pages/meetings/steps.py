"""The steps of a meeting that a button takes, each after a page that says what follows: opened, cancelled."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.errors import NO_ERRORS
from services.portal.web.forms import NOTHING_SENT, sent_form
from services.portal.web.languages import language_of
from services.portal.web.office import ServiceProblem, act, meeting_path, office_errors, read
from services.portal.web.office.told import people_told
from services.portal.web.rendering import go_to, page
from services.portal.web.session import Person, SignedIn

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"


@router.get("/staff/meetings/{meeting_id}/open")
async def show_open(request: Request, person: SignedIn, meeting_id: str) -> HTMLResponse:
    """What follows when the meeting is announced."""
    return await _step_page(request, person, meeting_id, "open")


@router.post("/staff/meetings/{meeting_id}/open")
async def open_meeting(request: Request, person: SignedIn, meeting_id: str) -> Response:
    """Announce the meeting."""
    return await _take(request, person, meeting_id, "open")


@router.get("/staff/meetings/{meeting_id}/cancel")
async def show_cancel(request: Request, person: SignedIn, meeting_id: str) -> HTMLResponse:
    """Who is told when the meeting is cancelled, and the field for the reason."""
    return await _step_page(request, person, meeting_id, "cancel")


@router.post("/staff/meetings/{meeting_id}/cancel")
async def cancel_meeting(request: Request, person: SignedIn, meeting_id: str) -> Response:
    """Call the meeting off; everybody who expects it is told the reason."""
    return await _take(request, person, meeting_id, "cancel")


async def _take(request: Request, person: Person, meeting_id: str, step: str) -> Response:
    sent, path = await sent_form(request), meeting_path(meeting_id)
    body = {"reason": sent.get("reason")} if step == "cancel" else None
    try:
        await act(request, person, ("POST", f"{path}/{step}"), body, sent=sent, version=sent.get("version"))
    except ServiceProblem as problem:
        errors = {"sent": sent, "errors": office_errors(problem, language_of(request))}
        return await _step_page(request, person, meeting_id, step, status=problem.status, **errors)
    return go_to(request, f"/staff/meetings/{meeting_id}")


async def _step_page(
    request: Request, person: Person, meeting_id: str, step: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    path = meeting_path(meeting_id)
    meeting = await read(request, person, path)
    told = people_told(meeting, await read(request, person, f"{path}/statistics"))
    values = {"person": person, "meeting": meeting, "told": told, "sent": NOTHING_SENT, "errors": NO_ERRORS, **shown}
    return page(request, f"{_FOLDER}/{step}.html.j2", values, status=status)
