"""The plain pages that links in messages open where no portal stands before them: read-only, in Lao and English.

They have no script, and show what the public may see of a meeting to whoever has a link to it, or knows its identifier,
which is random and stands in invitations and tickets alone. What stands behind `#` in links of earlier releases never
reaches a server. A draft is not found.
"""

import base64
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import asyncpg
import jinja2
from fastapi import APIRouter, Query
from pydantic import TypeAdapter, ValidationError
from starlette.responses import HTMLResponse

from services.registration import views
from services.registration.api.dependencies import ClientAddress, Dependencies, InjectedDependencies, digest
from services.registration.api.registrations.page_texts import (
    BRING,
    CHECK_LINK,
    OWN_REGISTRATION,
    TICKET,
    UNKNOWN,
    LinkKind,
    PagePart,
    PublicMeeting,
    parts_of,
    plain_parts,
)
from services.registration.api.tokens import LinkTokenInput, read_id
from services.registration.domain.state import Phase
from shared.contracts.base import Bilingual
from shared.kernel import NotFound

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
AnswerQuery: TypeAlias = Annotated[
    str | None, Query(description="which link of the invitation: confirm, delegate, decline")
]

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
)
_PAGE: Final = _TEMPLATES.get_template("page.html.j2")
_STYLE: Final = _TEMPLATES.get_template("page.css").render()
_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Language": "lo, en",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_TOKEN: Final[TypeAdapter[str]] = TypeAdapter(LinkTokenInput)
_LINKS: Final[Mapping[str, LinkKind]] = {"confirm": "confirm", "delegate": "delegate", "decline": "decline"}
_NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "There is no such meeting.", "content": {"text/html": {"schema": {"type": "string"}}}}
}


@router.get("/a/{token}", responses=_NOT_FOUND)
async def show_invitation_of_link(
    token: str, dependencies: InjectedDependencies, client: ClientAddress, answer: AnswerQuery = None
) -> HTMLResponse:
    """The meeting of an invitation, and how to answer, by its link."""
    try:
        known = bytes.fromhex(digest(_TOKEN.validate_python(token)))
        with dependencies.limits.link(client=client):
            async with dependencies.database.reading() as connection:
                row = await views.invitation_of_link(connection, known)
    except (ValidationError, NotFound):
        return _page(plain_parts(UNKNOWN, CHECK_LINK), status=404)
    return await _show(dependencies, str(row["meeting_id"]), _LINKS.get(answer or "", "answer"))


@router.get("/t/{token}")
async def show_registration_of_link(token: str) -> HTMLResponse:  # noqa: ARG001 -- of the address
    """What to do with the link to one's own registration; it is not looked up."""
    return await show_own_registration()


@router.get("/answer/{meeting_id}", responses=_NOT_FOUND)
async def show_invitation(
    meeting_id: str, dependencies: InjectedDependencies, answer: AnswerQuery = None
) -> HTMLResponse:
    """The meeting of an invitation, and how to answer."""
    return await _show(dependencies, meeting_id, _LINKS.get(answer or "", "answer"))


@router.get("/i/{meeting}", responses=_NOT_FOUND)
async def show_invited_meeting(
    meeting: str, dependencies: InjectedDependencies, answer: AnswerQuery = None
) -> HTMLResponse:
    """The same for the shorter links of SMS, with the meeting's identifier in 26 letters."""
    return await _show(dependencies, meeting, _LINKS.get(answer or "", "answer"))


@router.get("/r")
async def show_own_registration() -> HTMLResponse:
    """The same for links of earlier releases."""
    return _page(plain_parts(OWN_REGISTRATION, BRING))


@router.get("/tickets/{meeting_id}", responses=_NOT_FOUND)
async def show_ticket(meeting_id: str, dependencies: InjectedDependencies) -> HTMLResponse:
    """The meeting of a ticket, and what to bring."""
    return await _show(dependencies, meeting_id, "ticket")


@router.get("/tickets")
async def show_some_ticket() -> HTMLResponse:
    """What to do with a ticket whose link does not name its meeting, as links of earlier messages do."""
    return _page(plain_parts(TICKET, BRING))


async def _show(dependencies: Dependencies, meeting_id: str, link: LinkKind) -> HTMLResponse:
    try:
        async with dependencies.database.reading() as connection:
            row = await views.public_meeting(connection, read_id(meeting_id))
    except (ValueError, NotFound):
        return _page(plain_parts(UNKNOWN, CHECK_LINK), status=404)
    return _page(parts_of(_public_meeting(row), link))


def _public_meeting(row: asyncpg.Record) -> PublicMeeting:
    ends_alike = row["first_end"] == row["last_end"]
    return PublicMeeting(
        title=Bilingual(**row["details"]["title"]),
        venue=Bilingual(**row["venue"]),
        organiser=Bilingual(lo=row["name_lo"] or row["organiser"], en=row["name_en"] or row["organiser"]),
        answer_by=row["last_end"] if ends_alike else None,
        phase=Phase(row["phase"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
    )


def _page(parts: Sequence[PagePart], *, status: int = 200) -> HTMLResponse:
    html = _PAGE.render(title=parts[0].heading, parts=parts)
    return HTMLResponse(html, status_code=status, headers=HEADERS)
