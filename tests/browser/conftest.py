"""Chromium before the portal, which stands before a real registration."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.visitor import Visitor
from tests.counterparts import chromium, needed
from tests.portal.conftest import (
    kept,
    provider,
    service,
    settings,
    settings_with_database,
    shared_office,
    shared_service,
    street,
    template,
)
from tests.portal.office import Office

__all__ = [  # fixtures are looked up here
    "kept",
    "provider",
    "service",
    "settings",
    "settings_with_database",
    "shared_office",
    "shared_service",
    "street",
    "template",
]
NO_SANDBOX = "--no-sandbox"  # root has none


@pytest.fixture(scope="session")
def chromium_program() -> Path:
    """The browser; without one the run says at its end that nothing was tested."""
    return needed(chromium.program)


@pytest.fixture
async def visitor(chromium_program: Path, shared_office: Office) -> AsyncIterator[Visitor]:
    """Somebody with a small telephone who is invited."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_program, args=[NO_SANDBOX])
        opened = Visitor(shared_office, browser, str(shared_office.browser.base_url).rstrip("/"))
        await opened.open_window()
        yield opened
        await browser.close()
