"""The links of earlier messages, whose token stands behind `#`: a small script sends it on, or a person pastes it."""

import re
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.forms import sent_form
from services.portal.web.languages import language_of, localised
from services.portal.web.qr_codes import qr_code
from services.portal.web.rendering import HEADERS_WITH_SCRIPT, go_to, page

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/former"
_LONGEST: Final = 2_000
_END: Final = re.compile(r"[A-Za-z0-9_.-]+")
_CHOICES: Final = {"confirm", "delegate", "decline"}
LinkTo: TypeAlias = Literal["a", "t", "tickets"]
"""Where a link leads: to an invitation, to one's own registration, or to a ticket."""
Choice: TypeAlias = Annotated[str | None, Query(max_length=20)]


@router.get("/a")
@router.get("/i/{meeting}")
@router.get("/answer/{meeting}")
async def open_invitation(request: Request, answer: Choice = None) -> HTMLResponse:
    """The link of an invitation: in an SMS, in an e-mail or a calendar."""
    return _link_page(request, "a", answer)


@router.get("/t")
@router.get("/r")
async def open_registration(request: Request) -> HTMLResponse:
    """The link to one's own registration."""
    return _link_page(request, "t")


@router.get("/tickets")
@router.get("/tickets/{meeting}")
async def open_ticket(request: Request) -> HTMLResponse:
    """The link of a ticket; the oldest do not name the meeting."""
    return _link_page(request, "tickets")


@router.post("/a")
async def follow_invitation(request: Request) -> Response:
    """To the invitation of the link that was sent."""
    sent = await sent_form(request)
    end, answer = _end(sent.get("link")), sent.get("answer")
    if end is None:
        return _link_page(request, "a", answer, status=422)
    return go_to(request, f"/a/{end}", f"answer={answer}" if answer in _CHOICES else "")


@router.post("/t")
async def follow_registration(request: Request) -> Response:
    """To the registration of the link that was sent."""
    end = _end((await sent_form(request)).get("link"))
    return go_to(request, f"/t/{end}") if end else _link_page(request, "t", status=422)


@router.post("/tickets")
async def show_ticket(request: Request) -> Response:
    """The ticket that was sent, as a QR code; whether it is good, the desk finds out."""
    end = _end((await sent_form(request)).get("link"))
    if end is None:
        return _link_page(request, "tickets", status=422)
    return page(request, f"{_FOLDER}/ticket.html.j2", {"qr_code": qr_code(end)})


def _end(link: str) -> str | None:
    """The end of a link, or of what somebody has pasted; None of what is none."""
    end = re.split("[#/]", link.strip()[:_LONGEST])[-1].partition("?")[0]
    return end if _END.fullmatch(end) else None


def _link_page(request: Request, to: LinkTo, answer: str | None = None, *, status: int = 200) -> HTMLResponse:
    values = {
        "action": localised(f"/{to}", language_of(request)),
        "to": to,
        "answer": answer if answer in _CHOICES else None,
        "wrong": status != 200,  # noqa: PLR2004 -- HTTP
    }
    return page(request, f"{_FOLDER}/link.html.j2", values, status=status, headers=HEADERS_WITH_SCRIPT)
