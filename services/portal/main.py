"""The portal as a process: settings, services and pages are put together here."""

import sys

from services.portal.pages import AREAS
from services.portal.settings import PortalSettings
from services.portal.web.assets import assets_route
from services.portal.web.problems import on_service_problem, show_problem
from services.portal.web.routing import in_both_languages
from services.portal.web.services import ServiceLimits, ServiceProblem, Services
from services.portal.web.state import Site
from shared.service.web import WebApplication, web_command_line

FORM_LIMIT = 64 * 1024  # bytes


def build(settings: PortalSettings | None = None) -> WebApplication:
    """Put the portal together; settings come from the environment where none are given."""
    settings = settings or PortalSettings()
    limits = ServiceLimits(seconds=settings.answer_seconds, connections=settings.service_connections)
    services = Services({"registration": settings.registration_url}, limits)
    site = Site(services=services, contact={"lo": settings.contact_lo, "en": settings.contact_en})
    return WebApplication(
        name="portal",
        title="Pasum portal · ໜ້າເວັບ",
        settings=settings,
        routers=list(in_both_languages(AREAS)),
        routes=[assets_route()],
        body_limit=FORM_LIMIT,
        show_problem=show_problem,
        exception_handlers={ServiceProblem: on_service_problem},
        state={"site": site},
        closing=(services.close,),
    )


if __name__ == "__main__":
    sys.exit(web_command_line("portal", build))
