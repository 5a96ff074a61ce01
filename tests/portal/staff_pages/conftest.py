"""The portal with pages for staff: the local issuer before it, a real registration behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from deploy.local import issuer
from deploy.local.ports import free_ports
from services.portal.main import build
from services.portal.settings import PortalSettings
from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service.web import web_parts
from tests.portal.staff_pages.office import Clock, StaffOffice
from tests.registration.running_service import RegistrationService, http_application
from tests.shared.provider import ISSUER

MANY = 1_000_000


@pytest.fixture
async def staff(service: RegistrationService) -> AsyncIterator[StaffOffice]:
    """A portal before a registration of the test's own."""
    async with staff_office(service) as office:
        yield office


@pytest.fixture
async def shared_staff(shared_service: RegistrationService) -> AsyncIterator[StaffOffice]:
    """The same before one that tests share, for those who look at their own meeting only."""
    async with staff_office(shared_service) as office:
        yield office


@asynccontextmanager
async def staff_office(service: RegistrationService) -> AsyncIterator[StaffOffice]:
    """The three servers, and a browser that has not signed in."""
    async with AsyncExitStack() as open_servers:
        registration = HttpServer(http_application(service.built), host="127.0.0.1", port=0)
        (issuer_port, portal_port) = free_ports(2)
        address = f"http://127.0.0.1:{issuer_port}"
        issuing = issuer.create_app(service.provider.folder, ISSUER, address)
        settings = staff_settings(portal_port, discovery=address, registration_url="http://127.0.0.1:9")
        await _started(open_servers, registration)
        await _started(open_servers, HttpServer(issuing, host="127.0.0.1", port=issuer_port))
        settings = settings.model_copy(update={"registration_url": f"http://127.0.0.1:{registration.port}"})
        application = build(settings)
        for close in application.closing:
            open_servers.push_async_callback(close)
        clock = Clock()
        timed = replace(application, state={**application.state, "clock": clock})
        *_, public = web_parts(timed, Runtime("portal"))
        assert isinstance(public, HttpServer)
        await _started(open_servers, public)
        own = {"sec-fetch-site": "same-origin"}
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{portal_port}", trust_env=False, headers=own)
        browser = await open_servers.enter_async_context(client)
        yield StaffOffice(service, browser, address, logins=issuing.state.logins, clock=clock)


def staff_settings(port: int, *, discovery: str, **changes: Any) -> PortalSettings:
    """The settings of a portal on this machine that staff can enter."""
    usual = {
        "http_port": port,
        "metrics_port": 0,
        "anonymous_reads_per_minute": MANY,
        "anonymous_writes_per_minute": MANY,
        "public_url": f"http://127.0.0.1:{port}",
        "oidc_issuer": ISSUER,
        "oidc_discovery_url": f"{discovery}{issuer.DISCOVERY}",
        "oidc_jwks_url": f"{discovery}{issuer.JWKS}",
        "session_keys": SecretStr(Fernet.generate_key().decode()),
    }
    return PortalSettings(**{**usual, **changes})


async def _started(open_servers: AsyncExitStack, server: HttpServer) -> None:
    await server.start()
    open_servers.push_async_callback(server.stop)
