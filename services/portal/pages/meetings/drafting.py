"""A meeting drafted, and corrected afterwards: a draft as a whole, an open one without its time and place."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.pages.meetings.fields import change_of, schedule_of, sent_meeting
from services.portal.web.errors import NO_ERRORS, FormErrors
from services.portal.web.forms import NOTHING_SENT, Sent, sent_form
from services.portal.web.languages import language_of
from services.portal.web.meetings.person import person_of
from services.portal.web.office import SHOWN_TO_OTHERS, ServiceProblem, act, is_stale, meeting_path, office_errors, read
from services.portal.web.rendering import go_to, page
from services.portal.web.session import Person, SignedIn

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"


@router.get("/staff/meetings/new")
async def show_new(request: Request, person: SignedIn) -> HTMLResponse:
    """The form of a new meeting."""
    return _new_page(request, person, sent=NOTHING_SENT)


@router.post("/staff/meetings/new")
async def draft_meeting(request: Request, person: SignedIn) -> Response:
    """Draft the meeting; nobody is told of it."""
    sent, language = await sent_form(request), language_of(request)
    body = {
        **change_of(sent),
        **schedule_of(sent),
        "organiser": person.actor.organisation or "",
        "chair": person_of(sent, "lo"),
    }
    try:
        made = await act(request, person, ("POST", "/v1/meetings"), body, sent=sent)
    except ServiceProblem as problem:
        return _new_page(request, person, sent=sent, errors=office_errors(problem, language), status=problem.status)
    return go_to(request, f"/staff/meetings/{made['meeting_id']}")


def _new_page(
    request: Request, person: Person, *, sent: Sent, errors: FormErrors = NO_ERRORS, status: int = 200
) -> HTMLResponse:
    values = {"person": person, "sent": sent, "errors": errors, "notice": SHOWN_TO_OTHERS}
    return page(request, f"{_FOLDER}/new.html.j2", values, status=status)


@router.get("/staff/meetings/{meeting_id}/edit")
async def show_edit(request: Request, person: SignedIn, meeting_id: str) -> Response:
    """The form of a meeting as it is."""
    meeting = await read(request, person, meeting_path(meeting_id))
    return _edit_page(request, person, meeting, sent=sent_meeting(meeting))


@router.post("/staff/meetings/{meeting_id}/edit")
async def change_meeting(request: Request, person: SignedIn, meeting_id: str) -> Response:
    """Change what was sent; where somebody else has changed the meeting meanwhile, both are shown."""
    sent, path = await sent_form(request), meeting_path(meeting_id)
    meeting = await read(request, person, path)
    try:
        await _change(request, person, meeting, sent)
    except ServiceProblem as problem:
        now = await read(request, person, path)
        errors, stale = office_errors(problem, language_of(request)), is_stale(problem)
        return _edit_page(request, person, now, sent=sent, errors=errors, stale=stale, status=problem.status)
    return go_to(request, f"/staff/meetings/{meeting_id}")


async def _change(request: Request, person: Person, meeting: dict[str, Any], sent: Sent) -> None:
    """A draft is moved first: of two changes the second holds for the version that the first has made."""
    path, version = meeting_path(meeting["meeting_id"]), sent.get("version")
    if meeting["phase"] == "draft":
        moved = await act(
            request, person, ("POST", f"{path}/reschedule"), schedule_of(sent), sent=sent, version=version
        )
        version = str(moved["version"])
    await act(request, person, ("PATCH", path), change_of(sent), sent=sent, version=version)


def _edit_page(  # noqa: PLR0913 -- all named
    request: Request,
    person: Person,
    meeting: dict[str, Any],
    *,
    sent: Sent,
    errors: FormErrors = NO_ERRORS,
    stale: bool = False,
    status: int = 200,
) -> HTMLResponse:
    values = {
        "person": person,
        "meeting": meeting,
        "sent": sent,
        "errors": errors,
        "saved": sent_meeting(meeting) if stale else None,
    }
    return page(request, f"{_FOLDER}/edit.html.j2", values, status=status)
