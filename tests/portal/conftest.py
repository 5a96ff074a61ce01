"""The portal as a web server, in the process of the tests; before a real registration, or before nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from services.portal.main import build
from services.portal.settings import PortalSettings
from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service.web import web_parts
from tests.portal.office import Office
from tests.registration.conftest import (
    kept,
    provider,
    service,
    settings,
    settings_with_database,
    shared_service,
    street,
    template,
)
from tests.registration.running_service import RegistrationService, http_application

__all__ = [  # fixtures are looked up here
    "kept",
    "provider",
    "service",
    "settings",
    "settings_with_database",
    "shared_service",
    "street",
    "template",
]
NOBODY = "http://127.0.0.1:9"  # the port of `discard`, where nothing listens
MANY = 1_000_000


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Asks a portal whose services do not answer."""
    async with portal_before(NOBODY) as client:
        yield client


@pytest.fixture
async def office(service: RegistrationService) -> AsyncIterator[Office]:
    """A portal before a registration of the test's own."""
    async with _office(service) as opened:
        yield opened


@pytest.fixture
async def shared_office(shared_service: RegistrationService) -> AsyncIterator[Office]:
    """The same before one that tests share, for those who look at their own meeting only."""
    async with _office(shared_service) as opened:
        yield opened


@asynccontextmanager
async def _office(service: RegistrationService) -> AsyncIterator[Office]:
    server = HttpServer(http_application(service.built), host="127.0.0.1", port=0)
    await server.start()
    try:
        async with portal_before(f"http://127.0.0.1:{server.port}") as client:
            yield Office(service, client)
    finally:
        await server.stop()


@asynccontextmanager
async def portal_before(registration: str, *, reads: int = MANY) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a page before a portal that asks this registration."""
    settings = PortalSettings(
        registration_url=registration,
        http_port=0,
        metrics_port=0,
        anonymous_reads_per_minute=reads,  # all tests come from one address
        anonymous_writes_per_minute=MANY,
    )
    application = build(settings)
    *_, public = web_parts(application, Runtime("portal"))
    assert isinstance(public, HttpServer)
    await public.start()
    own = {"sec-fetch-site": "same-origin"}
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{public.port}", trust_env=False, headers=own
        ) as client:
            yield client
    finally:
        await public.stop()
        for close in application.closing:
            await close()
