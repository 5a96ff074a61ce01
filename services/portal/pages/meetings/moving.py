"""A meeting moved to another time or place: who is told is shown before it is confirmed."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.pages.meetings.fields import instant_of, schedule_of, sent_meeting
from services.portal.web.errors import NO_ERRORS, FormErrors
from services.portal.web.forms import Sent, sent_form
from services.portal.web.languages import language_of
from services.portal.web.office import NO_VERSION, ServiceProblem, act, is_stale, meeting_path, office_errors, read
from services.portal.web.office.told import people_told
from services.portal.web.rendering import go_to, page
from services.portal.web.session import Person, SignedIn

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"


@router.get("/staff/meetings/{meeting_id}/reschedule")
async def show_reschedule(request: Request, person: SignedIn, meeting_id: str) -> HTMLResponse:
    """The form with time and place as they are."""
    meeting = await read(request, person, meeting_path(meeting_id))
    return _form_page(request, person, meeting, sent=sent_meeting(meeting))


@router.post("/staff/meetings/{meeting_id}/reschedule")
async def reschedule_meeting(request: Request, person: SignedIn, meeting_id: str) -> Response:
    """Show who will be told; once that is confirmed, move the meeting."""
    sent, path = await sent_form(request), meeting_path(meeting_id)
    wanted, confirmed = schedule_of(sent), sent.get("confirmed") == "yes"
    version = sent.get("version") if confirmed else NO_VERSION
    meeting = await read(request, person, path)
    try:
        await act(request, person, ("POST", f"{path}/reschedule"), wanted, sent=sent, version=version)
    except ServiceProblem as problem:
        if is_stale(problem) and not confirmed and _readable(wanted):
            told = people_told(meeting, await read(request, person, f"{path}/statistics"))
            values = {"person": person, "meeting": meeting, "told": told, "wanted": wanted, "sent": sent}
            return page(request, f"{_FOLDER}/reschedule_confirm.html.j2", values)
        errors = office_errors(problem, language_of(request))
        stale, status = is_stale(problem), problem.status
        return _form_page(request, person, meeting, sent=sent, errors=errors, stale=stale, status=status)
    return go_to(request, f"/staff/meetings/{meeting_id}")


def _readable(wanted: dict[str, Any]) -> bool:
    return all(instant_of(wanted[name]) is not None for name in ("starts_at", "ends_at"))


def _form_page(  # noqa: PLR0913 -- all named
    request: Request,
    person: Person,
    meeting: dict[str, Any],
    *,
    sent: Sent,
    errors: FormErrors = NO_ERRORS,
    stale: bool = False,
    status: int = 200,
) -> HTMLResponse:
    saved = sent_meeting(meeting) if stale else None
    values = {"person": person, "meeting": meeting, "sent": sent, "errors": errors, "saved": saved}
    return page(request, f"{_FOLDER}/reschedule.html.j2", values, status=status)
