"""The portal as a web server, in the process of the tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.portal.main import build
from services.portal.settings import PortalSettings
from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service.web import web_parts

NOBODY = "http://127.0.0.1:9"  # the port of `discard`, where nothing listens


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Asks a portal whose services do not answer."""
    settings = PortalSettings(registration_url=NOBODY, http_port=0, metrics_port=0)
    application = build(settings)
    *_, public = web_parts(application, Runtime("portal"))
    assert isinstance(public, HttpServer)
    await public.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{public.port}", trust_env=False) as client:
            yield client
    finally:
        await public.stop()
        for close in application.closing:
            await close()
