"""Signing in and out, by the provider of logins; where none is set there are no such pages."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.portal.web.languages import language_of, localised
from services.portal.web.rendering import go_to, leave_for, page
from services.portal.web.session import SignInFailed, access_of
from services.portal.web.session.addresses import STAFF

router = APIRouter(default_response_class=HTMLResponse)
_FOLDER: Final = "pages/sign_in"
_LONGEST: Final = 4_096  # letters of what a provider sends


@router.get("/login")
async def begin_login(request: Request, then: str | None = None) -> Response:
    """Send the browser to the provider; afterwards it comes to `then`, which must be a page for staff."""
    own = localised(STAFF, language_of(request))
    return leave_for(request, await access_of(request).start(request, then=then, otherwise=own))


@router.get("/login/callback")
async def finish_login(
    request: Request,
    state: Annotated[str, Query(max_length=_LONGEST)] = "",
    code: Annotated[str, Query(max_length=_LONGEST)] = "",
    iss: Annotated[str | None, Query(max_length=_LONGEST)] = None,
) -> Response:
    """The browser comes back from the provider with a code, or with none; it leaves this address at once."""
    try:
        then = await access_of(request).finish(request, state=state, code=code, issuer=iss)
    except SignInFailed:
        return go_to(request, "/login/failed")
    return leave_for(request, then)


@router.get("/login/failed")
async def show_failure(request: Request) -> HTMLResponse:
    """Nobody was signed in: it took too long, was given up, or the link was not that of this browser."""
    access_of(request)
    return page(request, f"{_FOLDER}/failed.html.j2", status=400)


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    """End the session, here and at the provider."""
    told = await access_of(request).leave(request)
    return go_to(request, "/logout", "" if told else "provider=untold")


@router.get("/logout")
async def show_signed_out(request: Request, provider: str | None = None) -> HTMLResponse:
    """Whether somebody is signed in still, with the button to sign out."""
    known = access_of(request).knows(request)
    return page(request, f"{_FOLDER}/signed_out.html.j2", {"known": known, "untold": provider == "untold"})
