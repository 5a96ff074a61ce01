"""Each page has no barrier that a program finds, in both languages and with errors shown, down to 320 pixels."""

import os
from pathlib import Path

import pytest
from playwright.async_api import ViewportSize

from tests.browser.visitor import PHONE, Visitor
from tests.portal.test_questions import FORM
from tests.registration.papers import documented

NARROW: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
AGENDA = [
    {"number": "1", "title": {"lo": "ກ່າວເປີດກອງປະຊຸມ"}, "minutes": 10},
    {"number": "2", "title": {"lo": "ລາຍງານຮ່າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ"}, "minutes": 60},
    {"number": "2.1", "title": {"lo": "ໂຄງລ່າງພື້ນຖານດິຈິຕອນ"}},
    {"number": "3", "title": {"lo": "ປະກອບຄຳຄິດເຫັນ"}, "minutes": 90},
]
TITLE = {
    "lo": "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ",
    "en": "Consultation on the strategy and master plan for digital government",
}
VENUE = {"lo": "ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ", "en": "Crowne Plaza, Vientiane"}


async def invited(visitor: Visitor) -> tuple[str, str]:
    """The path of a meeting with everything, and the token of an invitation to it."""
    service = visitor.office.service
    path = await service.opened(title=TITLE, venue=VENUE, agenda=AGENDA, purpose="ປຶກສາຫາລື ຮ່າງຍຸດທະສາດ")
    await service.organiser.put(f"{path}/form", {"fields": FORM})
    await documented(service, path, title={"lo": "ຮ່າງຍຸດທະສາດລັດຖະບານດິຈິຕອນ 2021-2030"}, access="participants")
    return path, await service.invited(path)


async def looked_at(visitor: Visitor, name: str) -> None:
    """Look at the page that is open for barriers, at two widths."""
    assert await visitor.barriers() == []
    for size in (NARROW, DESKTOP, PHONE):
        await visitor.page.set_viewport_size(size)
        assert await visitor.overflow() == 0
        if folder := os.environ.get("PORTAL_PICTURES"):
            picture = Path(folder) / f"{name}-{size['width']}.png"
            await visitor.page.screenshot(path=picture, full_page=True)


@pytest.mark.parametrize("english", ["", "/en"], ids=["Lao", "English"])
async def test_an_invitation_and_its_forms_have_no_barrier(english: str, visitor: Visitor) -> None:
    _, token = await invited(visitor)
    for name in ("", "/register", "/representative", "/decline"):
        await visitor.goto(f"{english}/a/{token}{name}")
        await looked_at(visitor, f"a{name}{english}".replace("/", "-"))
    for name in ("/register", "/decline"):
        await visitor.goto(f"{english}/a/{token}{name}")
        await visitor.send()
        await looked_at(visitor, f"a{name}-errors{english}".replace("/", "-"))
    assert visitor.complaints == []


@pytest.mark.parametrize("english", ["", "/en"], ids=["Lao", "English"])
async def test_the_own_registration_and_its_forms_have_no_barrier(english: str, visitor: Visitor) -> None:
    path, token = await invited(visitor)
    own = await visitor.office.answered(token, **{"answer-meal": "any"})
    await visitor.office.service.worked()
    for name in ("", "/answers", "/representative", "/withdraw"):
        await visitor.goto(f"{english}{own}{name}")
        await looked_at(visitor, f"t{name}{english}".replace("/", "-"))
    for name, change in (("/withdraw", visitor.office.send), ("/accept", visitor.office.press)):
        assert (await change(f"{own}{name}")).status_code == 303
        await visitor.goto(f"{english}{own}")
        await looked_at(visitor, f"t-after{name}{english}".replace("/", "-"))
    await visitor.office.service.organiser.post(f"{path}/cancel", {"reason": "ເລື່ອນ"})
    await visitor.goto(f"{english}{own}")
    await looked_at(visitor, f"t-cancelled{english}".replace("/", "-"))
    assert visitor.complaints == []


@pytest.mark.parametrize("english", ["", "/en"], ids=["Lao", "English"])
async def test_the_other_pages_have_no_barrier(english: str, visitor: Visitor) -> None:
    for name in ("/", "/accessibility", "/privacy", "/a", "/t", "/tickets"):
        await visitor.goto(f"{english}{name}")
        await looked_at(visitor, f"page{name}{english}".replace("/", "-"))
    assert visitor.complaints == []
    await visitor.goto(f"{english}/a/0123456789ABCDEF")
    await looked_at(visitor, f"unknown{english}".replace("/", "-"))
