"""The pages of one's own registration, at `/t/{token}`: what has become of it, the ticket, and how to change it."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.pages.own.changing import Changing, change_of
from services.portal.web.errors import NO_ERRORS, FormErrors, errors_of
from services.portal.web.forms import NOTHING_SENT, Sent, sent_form
from services.portal.web.languages import language_of, localised
from services.portal.web.meetings.asking import (
    act,
    document_file,
    documents_of,
    link_headers,
    meeting_calendar,
    privacy_notice,
    questions_of,
    read_by_link,
)
from services.portal.web.meetings.questions import sent_answers
from services.portal.web.qr_codes import qr_code
from services.portal.web.rendering import go_to, page
from services.portal.web.services import ServiceProblem
from shared.http.problem import UnknownPath

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/own"
_FORMS: Final[tuple[Changing, ...]] = ("representative", "withdraw", "answers")
_AT_ONCE: Final[tuple[Changing, ...]] = ("accept", "confirm")
"""Changes for which the page of the registration itself has the button."""


@router.get("/t/{token}")
async def show_registration(request: Request, token: str) -> Response:
    """What has become of one's registration, and what can be done."""
    return await _registration_page(request, token, await _registration(request, token))


@router.get("/t/{token}/calendar.ics")
async def read_calendar(request: Request, token: str) -> Response:
    """The meeting as a file for calendars."""
    registration = await _registration(request, token)
    return await meeting_calendar(request, registration["meeting"]["meeting_id"])


@router.get("/t/{token}/documents/{document_id}")
async def read_document(request: Request, token: str, document_id: str) -> Response:
    """The file of a document of the meeting."""
    registration = await _registration(request, token)
    return await document_file(
        request, registration["meeting"]["meeting_id"], document_id, headers=link_headers("Registration-Token", token)
    )


@router.get("/t/{token}/{changing}")
async def show_form(request: Request, token: str, changing: str) -> Response:
    """The form of a change; those that need none are on the page of the registration."""
    chosen = _known(changing)
    if chosen in _AT_ONCE:
        return go_to(request, f"/t/{token}")
    registration = await _registration(request, token)
    questions = await _questions(request, token, chosen, registration)
    sent = sent_answers(registration["answers"], questions) if chosen == "answers" else NOTHING_SENT
    return await _form_page(request, token, chosen, registration, questions=questions, sent=sent)


@router.post("/t/{token}/{changing}")
async def change_registration(request: Request, token: str, changing: str) -> Response:
    """Change one's answer, and go to its page; what is refused is shown in the form, with all values."""
    chosen, sent = _known(changing), await sent_form(request)
    registration = await _registration(request, token)
    questions = await _questions(request, token, chosen, registration)
    call, body = change_of(chosen, registration, sent, questions=questions, language=language_of(request))
    shown = link_headers("Registration-Token", token) if chosen == "confirm" else {}
    try:
        await act(request, call, body, key=sent.key, **shown)
    except ServiceProblem as problem:
        errors, status = errors_of(problem, language_of(request)), problem.status
        if chosen in _AT_ONCE:
            return await _registration_page(request, token, registration, errors=errors, status=status)
        return await _form_page(
            request, token, chosen, registration, questions=questions, sent=sent, errors=errors, status=status
        )
    return go_to(request, f"/t/{token}")


def _known(changing: str) -> Changing:
    for known in (*_FORMS, *_AT_ONCE):
        if changing == known:
            return known
    raise UnknownPath


async def _registration(request: Request, token: str) -> dict[str, Any]:
    registration: dict[str, Any] = await read_by_link(request, "Registration-Token", token)
    return registration


async def _questions(
    request: Request, token: str, changing: Changing, registration: dict[str, Any]
) -> list[dict[str, Any]]:
    if changing not in {"representative", "answers"}:
        return []
    return await questions_of(request, registration["meeting"]["meeting_id"], token)


async def _registration_page(
    request: Request,
    token: str,
    registration: dict[str, Any],
    *,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> HTMLResponse:
    meeting_id = registration["meeting"]["meeting_id"]
    values = {
        **_values(request, registration, token),
        "documents": await documents_of(request, meeting_id, "Registration-Token", token),
        "questions": await questions_of(request, meeting_id, token),
        "qr_code": qr_code(registration["ticket"]) if registration["ticket"] else None,
        "sent": NOTHING_SENT,
        "errors": errors,
    }
    return page(request, f"{_FOLDER}/registration.html.j2", values, status=status)


async def _form_page(  # noqa: PLR0913 -- all named
    request: Request,
    token: str,
    changing: Changing,
    registration: dict[str, Any],
    *,
    questions: list[dict[str, Any]],
    sent: Sent,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> HTMLResponse:
    notice = (await privacy_notice(request))["version"] if changing == "representative" else None
    shown = {"questions": questions, "sent": sent, "errors": errors, "notice": notice}
    values = {**_values(request, registration, token), **shown}
    return page(request, f"{_FOLDER}/{changing}.html.j2", values, status=status)


def _values(request: Request, registration: dict[str, Any], token: str) -> dict[str, Any]:
    return {
        "registration": registration,
        "meeting": registration["meeting"],
        "address": localised(f"/t/{token}", language_of(request)),
    }
