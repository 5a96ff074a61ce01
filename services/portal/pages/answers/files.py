"""Lists, badges and the attendance sheet as files, with the rights of whoever asks."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.office import meeting_path, pass_on
from services.portal.web.session import SignedIn
from shared.http.problem import UnknownPath

router = APIRouter(default_response_class=HTMLResponse)
_FILES: Final = ("registrations.csv", "registrations.xlsx", "badges", "attendance-sheet")


@router.get("/staff/meetings/{meeting_id}/files/{name}")
async def send_file(request: Request, person: SignedIn, meeting_id: str, name: str) -> Response:
    """One of the files that registration makes of the answers."""
    if name not in _FILES:
        raise UnknownPath
    return await pass_on(request, person, f"{meeting_path(meeting_id)}/{name}")
