"""Bodies invited: found in the directory, then invited with their seats and the person who gets the link."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.pages.meetings.fields import moment_of
from services.portal.web.errors import NO_ERRORS
from services.portal.web.forms import NOTHING_SENT, sent_form
from services.portal.web.languages import language_of
from services.portal.web.meetings.person import person_of
from services.portal.web.office import SHOWN_TO_OTHERS, ServiceProblem, act, meeting_path, office_errors, read
from services.portal.web.rendering import go_to, page
from services.portal.web.session import Person, SignedIn
from shared.kernel import OFFICE_ZONE
from shared.lao import parse_digits

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"


@router.get("/staff/meetings/{meeting_id}/invite")
async def list_bodies(
    request: Request, person: SignedIn, meeting_id: str, q: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """The bodies that exist on the day of the meeting, in protocol order; those that are invited already say so."""
    path = meeting_path(meeting_id)
    meeting = await read(request, person, path)
    day = datetime.fromisoformat(meeting["starts_at"]).astimezone(OFFICE_ZONE).date()
    asked = {"at": day.isoformat(), **({"q": q} if q.strip() else {})}
    bodies = await read(request, person, f"/v1/organisations?{urlencode(asked)}")
    invited = await read(request, person, f"{path}/invitations")
    valid = {one["organisation"] for one in invited["items"] if one["state"] != "revoked"}
    values = {"person": person, "meeting": meeting, "bodies": bodies["items"], "invited": valid, "q": q}
    return page(request, f"{_FOLDER}/bodies.html.j2", values)


@router.get("/staff/meetings/{meeting_id}/invite/{body}")
async def show_invite(request: Request, person: SignedIn, meeting_id: str, body: str) -> HTMLResponse:
    """The form to invite a body."""
    return await _invite_page(request, person, meeting_id, body)


@router.post("/staff/meetings/{meeting_id}/invite/{body}")
async def invite_body(request: Request, person: SignedIn, meeting_id: str, body: str) -> Response:
    """Invite the body; its contact gets the link."""
    sent, path = await sent_form(request), meeting_path(meeting_id)
    seats, until = parse_digits(sent.get("seats").strip()), moment_of(sent, "expires_at")
    wanted = {
        "organisation": body,
        "seats": int(seats[:9]) if seats.isdecimal() else sent.get("seats"),
        "contact": person_of(sent, "lo"),
        **({"expires_at": until} if until else {}),
    }
    try:
        await act(request, person, ("POST", f"{path}/invitations"), wanted, sent=sent)
    except ServiceProblem as problem:
        shown = {"sent": sent, "errors": office_errors(problem, language_of(request))}
        return await _invite_page(request, person, meeting_id, body, status=problem.status, **shown)
    return go_to(request, f"/staff/meetings/{meeting_id}/invite")


async def _invite_page(
    request: Request, person: Person, meeting_id: str, body: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    meeting = await read(request, person, meeting_path(meeting_id))
    organisation = await read(request, person, f"/v1/organisations/{quote(body, safe='')}")
    values = {"person": person, "meeting": meeting, "body": organisation, "notice": SHOWN_TO_OTHERS}
    form = {"sent": NOTHING_SENT, "errors": NO_ERRORS, **shown}
    return page(request, f"{_FOLDER}/invite.html.j2", {**values, **form}, status=status)
