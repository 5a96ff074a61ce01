"""One meeting: what, when, where, who has answered, and what can be done now."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.portal.web.office import ServiceProblem, meeting_path, organises, read
from services.portal.web.rendering import page
from services.portal.web.session import Person, SignedIn
from shared.http import Now

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"
_MAY_NOT: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@router.get("/staff/meetings/{meeting_id}")
async def show_meeting(request: Request, person: SignedIn, meeting_id: str, now: Now) -> HTMLResponse:
    """The meeting as it is now; asked for again, the page shows what has changed."""
    path = meeting_path(meeting_id)
    meeting = await read(request, person, path)
    values = {
        "person": person,
        "meeting": meeting,
        "own": organises(person, meeting),
        "figures": await read(request, person, f"{path}/statistics"),
        "invitations": await _invitations(request, person, path),
        "as_of": now.isoformat(),
    }
    return page(request, f"{_FOLDER}/meeting.html.j2", values)


async def _invitations(request: Request, person: Person, path: str) -> list[dict[str, Any]]:
    """The invited bodies; none where somebody may not see them."""
    try:
        found: list[dict[str, Any]] = (await read(request, person, f"{path}/invitations"))["items"]
    except ServiceProblem as problem:
        if problem.status in _MAY_NOT:
            return []
        raise
    return found
