"""Asks registration for a meeting, by the token at the end of a link."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.portal.web.services import RequestHeaders, ServiceProblem
from services.portal.web.state import site_of
from shared.http.problem import UnknownPath

LinkKind: TypeAlias = Literal["Invitation-Token", "Registration-Token"]
"""Which link it is, by the header in which registration takes its token."""
_REGISTRATION: Final = "registration"
_LONGEST: Final = 128
_OF_NO_LINK: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)  # unknown, or not of the form of a token
_PATHS: Final[Mapping[LinkKind, str]] = {
    "Invitation-Token": "/v1/invitation",
    "Registration-Token": "/v1/registration",
}


async def read_by_link(request: Request, kind: LinkKind, token: str) -> Any:
    """The invitation or the registration of a link; raises `UnknownPath` where it leads nowhere."""
    try:
        return await site_of(request).services.ask(
            request, _REGISTRATION, ("GET", _PATHS[kind]), headers=link_headers(kind, token)
        )
    except ServiceProblem as problem:
        if problem.status in _OF_NO_LINK:
            raise UnknownPath from None
        raise


def link_headers(kind: LinkKind, token: str) -> dict[str, str | bytes]:
    """The header that shows a link; raises `UnknownPath` for what cannot be a token."""
    token = token.strip()
    if not token.isprintable() or not 0 < len(token) <= _LONGEST:
        raise UnknownPath
    return {kind: token.encode()}


async def questions_of(request: Request, meeting_id: str, token: str) -> list[dict[str, Any]]:
    """What people are asked who register; nothing where the meeting is not announced."""
    call, headers = ("GET", f"/v1/meetings/{meeting_id}/form"), link_headers("Invitation-Token", token)
    form = await _or_nothing(request, call, headers)
    return [field for field in form["fields"] if field["kind"] in KINDS] if form else []


async def privacy_notice(request: Request) -> Any:
    """What people are told of their data; its version goes with the data of whoever it was shown to."""
    return await site_of(request).services.ask(request, _REGISTRATION, ("GET", "/v1/privacy-notice"))


async def documents_of(request: Request, meeting_id: str, kind: LinkKind, token: str) -> list[dict[str, Any]]:
    """The documents that whoever has this link may read."""
    found = await _or_nothing(request, ("GET", f"/v1/meetings/{meeting_id}/documents"), link_headers(kind, token))
    documents: list[dict[str, Any]] = found["documents"] if found else []
    return documents


async def document_file(request: Request, meeting_id: str, document_id: str, *, headers: RequestHeaders) -> Response:
    """The file of a document, as registration sends it."""
    path = f"/v1/meetings/{meeting_id}/documents/{quote(document_id, safe='')}/file"
    return await site_of(request).services.pass_on(request, _REGISTRATION, path, headers=headers)


async def meeting_calendar(request: Request, meeting_id: str) -> Response:
    """The meeting as a file for calendars."""
    return await site_of(request).services.pass_on(request, _REGISTRATION, f"/v1/meetings/{meeting_id}/calendar.ics")


async def act(
    request: Request, call: tuple[str, str], body: Mapping[str, Any] | None, *, key: str, **headers: str | bytes
) -> Any:
    """What registration answers to an act; `key` is its Idempotency-Key. Raises `ServiceProblem`."""
    return await site_of(request).services.ask(
        request, _REGISTRATION, call, headers={"Idempotency-Key": key, **headers}, body=body
    )


async def _or_nothing(request: Request, call: tuple[str, str], headers: RequestHeaders) -> Any:
    try:
        return await site_of(request).services.ask(request, _REGISTRATION, call, headers=headers)
    except ServiceProblem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            return None
        raise


KINDS: Final = ("text", "choice", "multiple-choice", "number", "date", "yes-no")
"""The kinds of questions that these pages can ask."""
