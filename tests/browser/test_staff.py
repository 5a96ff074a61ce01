"""Staff sign in with a real browser without scripts, and their pages have no barrier that a program finds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.conftest import NO_SANDBOX
from tests.browser.test_accessibility import looked_at
from tests.browser.visitor import Visitor
from tests.portal.office import Office
from tests.portal.staff_pages.conftest import staff_office
from tests.portal.staff_pages.test_meetings import page_of
from tests.registration.running_service import RegistrationService

LATER = {"starts_at": "2095-09-19T08:30:00+07:00", "ends_at": "2095-09-19T12:30:00+07:00"}
OF_A_MEETING = ("", "/edit", "/reschedule", "/cancel", "/invite", "/invite/MOJ", "/answers")


@pytest.fixture
async def organiser(chromium_program: Path, shared_service: RegistrationService) -> AsyncIterator[Visitor]:
    """An organiser who has signed in at the local issuer."""
    async with staff_office(shared_service) as staff, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_program, args=[NO_SANDBOX])
        address = str(staff.browser.base_url).rstrip("/")
        opened = Visitor(Office(shared_service, staff.browser), browser, address)
        await opened.open_window()
        await opened.goto("/staff")
        await opened.page.click("button[value=organiser]")
        opened.complaints.clear()  # the page of the issuer is not one of ours
        yield opened
        await browser.close()


async def test_whoever_signs_in_is_known_until_he_signs_out(organiser: Visitor) -> None:
    assert organiser.page.url == f"{organiser.portal}/staff"
    await organiser.page.click(".office-header__button")
    assert organiser.page.url == f"{organiser.portal}/logout"
    assert [one["name"] for one in await organiser.page.context.cookies()] == []


@pytest.mark.parametrize("english", ["", "/en"], ids=["Lao", "English"])
async def test_the_pages_of_an_organiser_have_no_barrier(english: str, organiser: Visitor) -> None:
    service = organiser.office.service
    path = await service.opened(policy="with-approval", **LATER)
    await service.invited(path)
    asked = await service.registered(path, 1)
    for name in (*OF_A_MEETING, f"/answers/{asked['registration_id']}"):
        await organiser.goto(f"{english}{page_of(path)}{name}")
        await looked_at(organiser, f"staff{name}{english}".replace("/", "-"))
    for address in ("/staff", "/staff/meetings/new", "/logout", "/login/failed"):
        await organiser.goto(f"{english}{address}")
        await looked_at(organiser, f"{address}{english}".replace("/", "-"))
    await organiser.goto(f"{english}/staff/meetings/new")
    await organiser.page.click("main button[type=submit]")
    await looked_at(organiser, f"new-errors{english}".replace("/", "-"))
    assert organiser.complaints == []
