"""The list of the meetings of the own body."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.portal.web.office import read
from services.portal.web.rendering import page
from services.portal.web.session import SignedIn
from shared.kernel import Role

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/meetings"
_LONGEST: Final = 1_024


@router.get("/staff")
async def list_meetings(
    request: Request,
    person: SignedIn,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=_LONGEST)] = "",
) -> HTMLResponse:
    """The meetings of the own body, the newest first."""
    asked = {"own": "true", "limit": "50", **({"q": q} if q.strip() else {}), **({"cursor": cursor} if cursor else {})}
    found = await read(request, person, f"/v1/meetings?{urlencode(asked)}")
    further = urlencode({**({"q": q} if q else {}), "cursor": found["next"]}) if found["next"] else None
    values = {"person": person, "meetings": found["items"], "further": further, "q": q}
    values["drafts"] = Role.ORGANISER in person.actor.roles
    return page(request, f"{_FOLDER}/list.html.j2", values)
