"""The portal as a process: settings, services and pages are put together here."""

import sys

from services.portal.pages import AREAS
from services.portal.settings import PortalSettings
from services.portal.web.assets import assets_route
from services.portal.web.problems import on_service_problem, show_problem
from services.portal.web.routing import in_both_languages
from services.portal.web.services import ServiceLimits, ServiceProblem, Services
from services.portal.web.session import StaffAccess, StaffSettings
from services.portal.web.session.provider import ProviderSettings
from services.portal.web.state import Site
from shared.auth import TokenVerifier
from shared.service.web import WebApplication, web_command_line

FORM_LIMIT = 64 * 1024  # bytes


def build(settings: PortalSettings | None = None) -> WebApplication:
    """Put the portal together; settings come from the environment where none are given."""
    settings = settings or PortalSettings()
    limits = ServiceLimits(seconds=settings.answer_seconds, connections=settings.service_connections)
    services = Services({"registration": settings.registration_url}, limits)
    site = Site(services=services, contact={"lo": settings.contact_lo, "en": settings.contact_en})
    staff = _staff(settings)
    return WebApplication(
        name="portal",
        title="Pasum portal · ໜ້າເວັບ",
        settings=settings,
        routers=list(in_both_languages(AREAS)),
        routes=[assets_route()],
        body_limit=FORM_LIMIT,
        show_problem=show_problem,
        exception_handlers={ServiceProblem: on_service_problem},
        state={"site": site, "staff": staff},
        closing=(services.close, *([staff.close] if staff else [])),
    )


def _staff(settings: PortalSettings) -> StaffAccess | None:
    """The way in of staff; None where no provider of logins is set."""
    issuer, keys, address = settings.oidc_issuer, settings.session_keys, settings.public_url
    if issuer is None or keys is None or address is None:
        return None
    secret = settings.oidc_client_secret
    provider = ProviderSettings(
        issuer=issuer,
        discovery_url=settings.oidc_discovery_url or f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        secret=secret.get_secret_value() if secret else None,
        scope=settings.oidc_scope,
        redirect_uri=f"{address}/login/callback",
        seconds=settings.answer_seconds,
    )
    verifier = TokenVerifier(
        issuer, settings.oidc_audience, settings.oidc_jwks_url, types=settings.oidc_token_types.split(",")
    )
    longest = int(settings.session_hours * 3_600)
    return StaffAccess(StaffSettings(provider=provider, verifier=verifier, keys=keys, address=address, longest=longest))


if __name__ == "__main__":
    sys.exit(web_command_line("portal", build))
