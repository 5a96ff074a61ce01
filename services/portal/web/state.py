"""What the pages find in the application."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from services.portal.web.languages import Language
from services.portal.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The services that pages ask; `contact` is whom people ask for help, by language."""

    services: Services
    contact: Mapping[Language, str]


def site_of(request: Request) -> Site:
    """The site of the application that answers this request."""
    site: Site = request.app.state.site
    return site
