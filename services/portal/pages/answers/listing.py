"""The list of answers; names are searched for by a form that is posted, so that they are in no address."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.portal.web.errors import NO_ERRORS
from services.portal.web.forms import NOTHING_SENT, Sent, sent_form
from services.portal.web.languages import Language, language_of
from services.portal.web.office import meeting_path, organises, read
from services.portal.web.rendering import page
from services.portal.web.session import Person, SignedIn

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/answers"
_FILTERS: Final = ("q", "state", "organisation", "cursor")
_PRECEDENCE: Final = "precedence"


@router.get("/staff/meetings/{meeting_id}/answers")
async def list_answers(request: Request, person: SignedIn, meeting_id: str) -> HTMLResponse:
    """All answers in the order of protocol."""
    return await _list_page(request, person, meeting_id, NOTHING_SENT)


@router.post("/staff/meetings/{meeting_id}/answers")
async def search_answers(request: Request, person: SignedIn, meeting_id: str) -> HTMLResponse:
    """The answers that were asked for; nothing changes."""
    return await _list_page(request, person, meeting_id, await sent_form(request))


async def _list_page(request: Request, person: Person, meeting_id: str, sent: Sent) -> HTMLResponse:
    path = meeting_path(meeting_id)
    found = await read(request, person, f"{path}/registrations/search", _wanted(sent))
    meeting = await read(request, person, path)
    bodies = await read(request, person, "/v1/organisations")
    values = {
        "person": person,
        "meeting": meeting,
        "own": organises(person, meeting),
        "people": found["items"],
        "further": found["next"],
        "bodies": [(one["code"], _name(one["name"], language_of(request))) for one in bodies["items"]],
        "sent": sent,
        "errors": NO_ERRORS,
        "order": sent.get("order") or _PRECEDENCE,
    }
    return page(request, f"{_FOLDER}/list.html.j2", values)


def _name(name: Mapping[str, str | None], language: Language) -> str:
    return str((name["en"] if language == "en" else None) or name["lo"])


def _wanted(sent: Sent) -> Mapping[str, Any]:
    asked: dict[str, Any] = {name: sent.get(name) for name in _FILTERS if sent.get(name).strip()}
    return {**asked, "order": sent.get("order") or _PRECEDENCE, "limit": 100}
