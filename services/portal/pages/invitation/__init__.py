"""The pages of an invitation, at `/a/{token}`: the meeting, and three forms to answer. Reading them never answers."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.pages.invitation.answering import Answering, answer_of
from services.portal.web.errors import NO_ERRORS, FormErrors, errors_of
from services.portal.web.forms import NOTHING_SENT, Sent, sent_form
from services.portal.web.languages import language_of, localised
from services.portal.web.meetings.asking import (
    act,
    document_file,
    documents_of,
    link_headers,
    privacy_notice,
    questions_of,
    read_by_link,
)
from services.portal.web.rendering import go_to, page
from services.portal.web.services import ServiceProblem
from shared.http import now
from shared.http.problem import UnknownPath

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/invitation"
_CHOSEN: Final[dict[str | None, Answering]] = {
    "confirm": "register",
    "delegate": "representative",
    "decline": "decline",
}
"""The links of e-mails with a choice (`?answer=`), and the forms that they open."""


@router.get("/a/{token}")
async def show_invitation(request: Request, token: str, answer: str | None = None) -> Response:
    """The meeting of an invitation, and how to answer; a link of an e-mail with a choice leads to its form."""
    if answer in _CHOSEN:
        return go_to(request, f"/a/{token}/{_CHOSEN[answer]}")
    invitation = await _invitation(request, token)
    documents = await documents_of(request, invitation["meeting"]["meeting_id"], "Invitation-Token", token)
    return page(
        request, f"{_FOLDER}/invitation.html.j2", {**_values(request, invitation, token), "documents": documents}
    )


@router.get("/a/{token}/documents/{document_id}")
async def read_document(request: Request, token: str, document_id: str) -> Response:
    """The file of a document of the meeting."""
    invitation = await _invitation(request, token)
    return await document_file(
        request, invitation["meeting"]["meeting_id"], document_id, headers=link_headers("Invitation-Token", token)
    )


@router.get("/a/{token}/{answering}")
async def show_form(request: Request, token: str, answering: str) -> Response:
    """The form of one way to answer; where nothing can be answered any more, the invitation says why."""
    invitation = await _invitation(request, token)
    if not invitation["answerable"]:
        return go_to(request, f"/a/{token}")
    return await _form_page(request, token, _known(answering), invitation=invitation)


@router.post("/a/{token}/{answering}")
async def answer_invitation(request: Request, token: str, answering: str) -> Response:
    """Answer, and go to the page of the own answer; what is refused is shown in the form, with all values."""
    chosen, sent = _known(answering), await sent_form(request)
    invitation = await _invitation(request, token)
    questions = await _questions(request, token, chosen, invitation)
    call, body = answer_of(chosen, invitation, sent, questions=questions, token=token, language=language_of(request))
    try:
        told = await act(request, call, body, key=sent.key)
    except ServiceProblem as problem:
        errors = errors_of(problem, language_of(request))
        return await _form_page(
            request, token, chosen, invitation=invitation, sent=sent, errors=errors, status=problem.status
        )
    return go_to(request, f"/t/{told['own_token']}")


def _known(answering: str) -> Answering:
    for known in _CHOSEN.values():
        if answering == known:
            return known
    raise UnknownPath


async def _invitation(request: Request, token: str) -> dict[str, Any]:
    """The invitation, and whether it can be answered still, as far as it says itself."""
    invitation = await read_by_link(request, "Invitation-Token", token)
    over = datetime.fromisoformat(invitation["expires_at"]) <= await now(request)
    answerable = invitation["meeting"]["phase"] == "open" and not over and not invitation["revoked_at"]
    return {**invitation, "over": over, "answerable": answerable}


async def _questions(
    request: Request, token: str, answering: Answering, invitation: dict[str, Any]
) -> list[dict[str, Any]]:
    if answering == "decline":
        return []
    return await questions_of(request, invitation["meeting"]["meeting_id"], token)


async def _form_page(  # noqa: PLR0913 -- all named
    request: Request,
    token: str,
    answering: Answering,
    *,
    invitation: dict[str, Any],
    sent: Sent = NOTHING_SENT,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> HTMLResponse:
    questions = await _questions(request, token, answering, invitation)
    notice = await privacy_notice(request)
    shown = {"questions": questions, "sent": sent, "errors": errors, "notice": notice["version"]}
    values = {**_values(request, invitation, token), **shown}
    return page(request, f"{_FOLDER}/{answering}.html.j2", values, status=status)


def _values(request: Request, invitation: dict[str, Any], token: str) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "meeting": invitation["meeting"],
        "address": localised(f"/a/{token}", language_of(request)),
    }
