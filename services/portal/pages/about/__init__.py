"""The first page, and what these pages say about themselves: accessibility and personal data."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.portal.web.rendering import page
from services.portal.web.state import site_of

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
async def show_first_page(request: Request) -> HTMLResponse:
    """What these pages are for, and where to find one's own."""
    return page(request, "pages/about/first.html.j2")


@router.get("/accessibility")
async def show_accessibility(request: Request) -> HTMLResponse:
    """The accessibility statement."""
    return page(request, "pages/about/accessibility.html.j2")


@router.get("/privacy")
async def show_privacy(request: Request) -> HTMLResponse:
    """Which personal data are kept, and why: the notice that registration shows whoever it asks for data."""
    notice = await site_of(request).services.ask(request, "registration", ("GET", "/v1/privacy-notice"))
    return page(request, "pages/about/privacy.html.j2", {"notice": notice})
