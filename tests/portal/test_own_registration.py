"""Whoever has answered sees by his own link what has become of it, and changes it, without a script."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.portal.office import PERSON, Office, heading_of, lists_of, words_of
from tests.portal.test_questions import MEAL
from tests.registration.papers import documented
from tests.registration.running_service import START

REPRESENTATIVE = {**PERSON, "given_name": "ທອງໃບ", "mobile": "020 5555 4321"}


async def page_of(office: Office, path: str, number: int, **changes: Any) -> str:
    """The address of the page of somebody who has registered without a link."""
    seat = await office.service.registered(path, number, **changes)
    return f"/t/{(await office.service.own_tokens())[seat['registration_id']]}"


async def test_the_ticket_is_a_picture_in_the_page_with_its_code(office: Office) -> None:
    path = await office.service.opened()
    own = await office.answered(await office.service.invited(path))
    before = await office.browser.get(own)
    await office.service.worked()
    page = await office.browser.get(own)
    assert ("<img" in before.text, page.text.count('src="data:image/svg+xml')) == (False, 1)
    (code,) = re.findall(r'<p class="office-code" translate="no">([0-9A-Z]{6})</p>', page.text)
    assert code == await office.service.value("SELECT code FROM registration")


async def test_who_waits_sees_his_place_and_why(shared_office: Office) -> None:
    path = await shared_office.service.opened(capacity=1)
    await shared_office.service.registered(path, 1)
    page = await shared_office.browser.get(await page_of(shared_office, path, 2))
    assert (heading_of(page), "ທ່ານຢູ່ລຳດັບທີ 1 ໃນບັນຊີລໍຖ້າ." in words_of(page)) == ("ທ່ານຢູ່ໃນບັນຊີລໍຖ້າ", True)
    assert "ຕອນທີ່ທ່ານຕອບ ບ່ອນນັ່ງເຕັມແລ້ວ" in words_of(page)


async def test_who_moved_up_reads_why(shared_office: Office) -> None:
    path = await shared_office.service.opened(capacity=1)
    first = await shared_office.service.registered(path, 1)
    own = await page_of(shared_office, path, 2)
    await shared_office.service.withdrawn(path, first)
    page = await shared_office.browser.get(f"/en{own}")
    assert (heading_of(page), "You moved up from the waiting list: a seat has become free." in words_of(page)) == (
        "You have a seat",
        True,
    )


async def test_an_answer_is_changed_from_yes_to_no_and_back(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    own = await shared_office.answered(await shared_office.service.invited(path))
    asked = await shared_office.browser.get(f"{own}/withdraw")
    sent = await shared_office.send(f"{own}/withdraw", reason="ຕິດວຽກ")
    withdrawn = await shared_office.browser.get(sent.headers["location"])
    again = await shared_office.press(f"{own}/accept")
    back = await shared_office.browser.get(again.headers["location"])
    assert [heading_of(page) for page in (asked, withdrawn, back)] == [
        "ສະຫຼະບ່ອນນັ່ງຂອງທ່ານ",
        "ທ່ານໄດ້ຖອນການລົງທະບຽນແລ້ວ",
        "ທ່ານມີບ່ອນນັ່ງແລ້ວ",
    ]


async def test_the_address_of_a_button_leads_to_the_page_that_has_it_and_changes_nothing(
    shared_office: Office,
) -> None:
    own = await page_of(shared_office, await shared_office.service.opened(), 1)
    led = [(await shared_office.browser.get(f"{own}/{button}")).headers["location"] for button in ("accept", "confirm")]
    assert led == [own, own]


async def test_who_has_declined_may_attend_after_all(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    own = await shared_office.answered(token, "decline", reason="ຕິດວຽກດ່ວນ")
    button = re.findall(r'<form method="post" action="([^"]+)">', (await shared_office.browser.get(own)).text)
    assert button == [f"{own}/accept"]
    await shared_office.press(f"{own}/accept")
    assert heading_of(await shared_office.browser.get(own)) == "ທ່ານມີບ່ອນນັ່ງແລ້ວ"


async def test_what_cannot_be_changed_is_said_on_the_page_itself(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path, seats=1)
    own = await shared_office.answered(token, "decline", reason="ຕິດວຽກດ່ວນ")
    await shared_office.answered(token, mobile="020 5555 7777")
    page = await shared_office.press(f"{own}/accept")
    assert (page.status_code, "ບ່ອນນັ່ງຂອງອົງການທ່ານ ຄົບຈຳນວນແລ້ວ" in words_of(page), heading_of(page)) == (
        409,
        True,
        "ທ່ານໄດ້ແຈ້ງວ່າ ບໍ່ສະດວກເຂົ້າຮ່ວມ",
    )


async def test_a_representative_comes_instead(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    own = await page_of(shared_office, path, 1)
    wrong = await shared_office.send(f"{own}/representative", **{**REPRESENTATIVE, "given_name": ""})
    assert (wrong.status_code, 'href="#given_name"' in wrong.text, 'value="020 5555 4321"' in wrong.text) == (
        422,
        True,
        True,
    )
    sent = await shared_office.send(f"{own}/representative", **REPRESENTATIVE, reason="ຕິດວຽກ")
    page = await shared_office.browser.get(sent.headers["location"])
    assert (sent.headers["location"], heading_of(page), f"{own}/withdraw" in page.text) == (
        own,
        "ຜູ້ຕາງໜ້າ ຈະເຂົ້າຮ່ວມແທນທ່ານ",
        False,
    )


async def test_a_meeting_that_was_moved_says_what_it_was_before(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    own = await page_of(shared_office, path, 1)
    start = START + timedelta(days=7)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
    done = await shared_office.service.organiser.post(f"{path}/reschedule", {**times, "venue": {"lo": "ຫ້ອງປະຊຸມນ້ອຍ"}})
    assert done.status_code == 200, done.text
    page = await shared_office.browser.get(own)
    assert lists_of(page)["ເວລາ"] == "26 ກັນຍາ 2022, 08:30 – 10:30 ໂມງ"
    assert lists_of(page)["ສະຖານທີ່"] == "ຫ້ອງປະຊຸມນ້ອຍ"
    assert "ກ່ອນໜ້ານີ້ແມ່ນ 19 ກັນຍາ 2022, 08:30 – 12:30 ໂມງ, ຫ້ອງປະຊຸມໃຫຍ່" in words_of(page)


async def test_whoever_registered_without_a_link_confirms_by_a_button_and_not_by_opening_it(
    shared_office: Office,
) -> None:
    path = await shared_office.service.opened()
    own = await page_of(shared_office, path, 1)
    before = [(await shared_office.browser.get(own)).text.count(f"{own}/confirm") for _ in range(2)]
    done = await shared_office.press(f"{own}/confirm")
    after = await shared_office.browser.get(own)
    assert (before, done.status_code, after.text.count(f"{own}/confirm")) == ([1, 1], 303, 0)


async def test_answers_to_the_form_are_changed(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    own = await shared_office.answered(token)
    await shared_office.service.organiser.put(f"{path}/form", {"fields": [MEAL]})
    assert "ທີ່ທ່ານຍັງບໍ່ທັນຕອບ" in words_of(await shared_office.browser.get(own))
    wrong = await shared_office.send(f"{own}/answers")
    sent = await shared_office.send(f"{own}/answers", **{"answer-meal": "other"})
    seen = await shared_office.browser.get(f"{own}/answers")
    assert (wrong.status_code, sent.status_code, re.findall('value="([a-z]+)" checked', seen.text)) == (
        422,
        303,
        ["other"],
    )


async def test_the_meeting_is_a_file_for_calendars(shared_office: Office) -> None:
    own = await page_of(shared_office, await shared_office.service.opened(), 1)
    page = await shared_office.browser.get(own)
    calendar = await shared_office.browser.get(f"{own}/calendar.ics")
    assert (f'href="{own}/calendar.ics"' in page.text, calendar.status_code, calendar.headers["content-type"]) == (
        True,
        200,
        "text/calendar; charset=utf-8",
    )
    assert "DTSTART:20220919T013000Z" in calendar.text


async def test_documents_are_read_by_whoever_has_a_seat(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    await documented(shared_office.service, path, title={"lo": "ຮ່າງຍຸດທະສາດ"}, access="participants")
    own = await page_of(shared_office, path, 1)
    (address,) = re.findall(r'href="([^"]+/documents/[^"]+)"', (await shared_office.browser.get(own)).text)
    assert (await shared_office.browser.get(address)).content[:5] == b"%PDF-"
    missing = await shared_office.browser.get(f"{own}/documents/01900000-0000-7000-8000-000000000000")
    assert (missing.status_code, heading_of(missing)) == (404, "ບໍ່ພົບໜ້ານີ້")


async def test_a_cancelled_meeting_leaves_nothing_to_change(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    own = await page_of(shared_office, path, 1)
    await shared_office.service.organiser.post(f"{path}/cancel", {"reason": "ເລື່ອນ"})
    page = await shared_office.browser.get(own)
    assert ("ກອງປະຊຸມຖືກຍົກເລີກ." in words_of(page), re.findall("<form|calendar.ics|office-code", page.text)) == (True, [])


@pytest.mark.parametrize("rest", ["", "/withdraw", "/calendar.ics", "/else"])
async def test_a_link_that_leads_nowhere_is_a_page_that_says_what_to_do(rest: str, shared_office: Office) -> None:
    page = await shared_office.browser.get(f"/t/0123456789ABCDEF{rest}")
    assert (page.status_code, heading_of(page)) == (404, "ບໍ່ພົບໜ້ານີ້")
