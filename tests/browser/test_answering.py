"""Whoever is invited answers on a cheap telephone: the whole walk, without a script, and what it costs."""

import pytest

from tests.browser.visitor import Visitor

REQUESTS, BYTES = 6, 35 * 1024


async def invited(visitor: Visitor, **changes: object) -> str:
    """The token of an invitation."""
    return await visitor.office.service.invited(await visitor.office.service.opened(**changes))


async def test_the_whole_walk_needs_no_script(visitor: Visitor) -> None:
    token = await invited(visitor)
    await visitor.open_window(scripts=False)
    await visitor.goto(f"/a/{token}")
    await visitor.reads("ກອງປະຊຸມປຶກສາຫາລື")
    await visitor.press("ບໍ່ສະດວກເຂົ້າຮ່ວມ")
    await visitor.fill(reason="ຕິດວຽກດ່ວນ")
    await visitor.send()
    await visitor.reads("ທ່ານໄດ້ແຈ້ງວ່າ ບໍ່ສະດວກເຂົ້າຮ່ວມ")
    await visitor.press("ປ່ຽນເປັນເຂົ້າຮ່ວມ")
    await visitor.reads("ທ່ານມີບ່ອນນັ່ງແລ້ວ")
    await visitor.press("ບໍ່ສະດວກເຂົ້າຮ່ວມ")
    await visitor.reads("ສະຫຼະບ່ອນນັ່ງຂອງທ່ານ")
    await visitor.press("ຢືນຢັນວ່າ ບໍ່ສະດວກເຂົ້າຮ່ວມ")
    await visitor.reads("ທ່ານໄດ້ຖອນການລົງທະບຽນແລ້ວ")
    assert visitor.complaints == []


async def test_what_is_wrong_is_mended_and_sent_again_by_the_keyboard_alone(visitor: Visitor) -> None:
    await visitor.goto(f"/en/a/{await invited(visitor)}/register")
    await visitor.fill(mobile="12")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.get_by_role("link", name="Mobile number").click()
    await visitor.page.keyboard.press("Control+A")
    await visitor.page.keyboard.type("020 5555 1234")
    await visitor.page.keyboard.press("Enter")
    await visitor.reads("You have a seat")
    assert visitor.complaints == []


@pytest.mark.parametrize("way", ["", "/register", "/decline"])
async def test_a_page_of_an_invitation_is_light(way: str, visitor: Visitor) -> None:
    agenda = [{"number": str(number), "title": {"lo": f"ລາຍງານຜົນການຈັດຕັ້ງປະຕິບັດ ຄັ້ງທີ {number}"}} for number in range(1, 9)]
    weight = await visitor.weight(f"/a/{await invited(visitor, agenda=agenda)}{way}")
    assert (weight["requests"] <= REQUESTS, weight["bytes"] <= BYTES, weight["scripts"]) == (True, True, 0), weight


@pytest.mark.parametrize("ending", ["register", "decline"])
async def test_a_link_of_an_earlier_message_opens_its_page_and_the_way_back_is_free(
    ending: str, visitor: Visitor
) -> None:
    token = await invited(visitor)
    await visitor.goto("/privacy")
    choice = "confirm" if ending == "register" else "decline"
    await visitor.goto(f"/i/01J0000000E008000000000000?answer={choice}#{token}")
    await visitor.page.wait_for_url(f"**/a/{token}/{ending}")
    await visitor.page.go_back()
    await visitor.reads("ຂໍ້ມູນສ່ວນບຸກຄົນ")
    assert visitor.complaints == []
