"""An organiser finds, drafts, changes, opens, moves and cancels his meetings in the portal, and invites bodies."""

import re
from typing import Any

import httpx
import pytest

from tests.portal.office import heading_of, lists_of, words_of
from tests.portal.staff_pages.office import StaffOffice, filled

CHAIR = {"given_name": "ສັນຕິສຸກ", "rank": "50", "mobile": "020 2999 9001"}
NEW = {
    "title-lo": "ກອງປະຊຸມວິຊາການ",
    "title-en": "Technical meeting",
    "purpose": "ປຶກສາຫາລື",
    "capacity": "໕໕",
    "policy": "by-invitation",
    "starts_at-day": "໑໙",
    "starts_at-month": "9",
    "starts_at-year": "2095",
    "starts_at-time": "໘.໓໐",
    "ends_at-day": "19",
    "ends_at-month": "09",
    "ends_at-year": "2095",
    "ends_at-time": "12:30",
    "venue-lo": "ຫ້ອງປະຊຸມໃຫຍ່",
    **CHAIR,
}


def errors_of(page: httpx.Response) -> dict[str, str]:
    """What stands beside the fields of a form."""
    found = re.findall(r'(?s)<p id="([^"]+)-error"[^>]*>(.*?)</p>', page.text)
    return {name: re.sub(r"<[^>]+>", "", text).split(maxsplit=1)[1].strip() for name, text in found}


def page_of(path: str) -> str:
    """The page of a meeting, by its path in registration."""
    return f"/staff/meetings/{path.rpartition('/')[2]}"


async def drafted(staff: StaffOffice, **changes: Any) -> str:
    """The page of a meeting that was drafted in the portal."""
    await staff.signed_in()
    made = await staff.send("/staff/meetings/new", **{**NEW, **changes})
    assert made.status_code == 303, words_of(made)
    return made.headers["location"]


async def meeting_of(staff: StaffOffice, page: str) -> dict[str, Any]:
    """The meeting as registration has it."""
    found = await staff.service.organiser.get(f"/v1/meetings/{page.rpartition('/')[2]}")
    return dict(found.json())


async def test_an_organiser_sees_the_meetings_of_his_own_body_with_their_answers(staff: StaffOffice) -> None:
    await staff.service.drafted(title={"lo": "ກອງປະຊຸມວິຊາການ"})
    path = await staff.service.opened(capacity=1)
    await staff.service.registered(path, 1)
    await staff.service.registered(path, 2)
    other = staff.service.as_("organiser", body="MOF", subject="other")
    chair = {"given_name": "ຄົນອື່ນ", "rank": 50, "mobile": "020 2999 9002"}
    hidden = {"title": {"lo": "ຂອງກະຊວງອື່ນ"}, "venue": {"lo": "ຫ້ອງ"}, "organiser": "MOF", "capacity": 5, "chair": chair}
    times = {"starts_at": "2095-01-01T08:00:00+07:00", "ends_at": "2095-01-01T09:00:00+07:00"}
    made = await other.post("/v1/meetings", {**hidden, **times})
    await other.post(f"/v1/meetings/{made.json()['meeting_id']}/open")
    page = await staff.signed_in()
    titles = re.findall(r'(?s)office-card__title"><a[^>]*href="([^"]+)"', page.text)
    assert (heading_of(page), titles[0], len(titles)) == ("ກອງປະຊຸມຂອງຂ້າພະເຈົ້າ", page_of(path), 2)
    assert "ລົງທະບຽນແລ້ວ 1 ໃນ 1 ບ່ອນ, ລໍຖ້າ 1, ລໍຖ້າອະນຸມັດ 0" in words_of(page)
    found = await staff.browser.get("/staff", params={"q": "ວິຊາການ"})
    assert len(re.findall("office-card__title", found.text)) == 1


async def test_a_meeting_is_drafted_with_lao_digits_and_shown(staff: StaffOffice) -> None:
    page = await drafted(staff)
    meeting = await meeting_of(staff, page)
    wanted = ("draft", 55, "by-invitation", "2095-09-19T01:30:00Z", "MTC", "ປຶກສາຫາລື")
    names = ("phase", "capacity", "policy", "starts_at", "organiser", "purpose")
    assert tuple(meeting[name] for name in names) == wanted
    shown = await staff.browser.get(page)
    assert lists_of(shown) == {
        "ເວລາ": "19 ກັນຍາ 2095, 08:30 – 12:30 ໂມງ",
        "ສະຖານທີ່": "ຫ້ອງປະຊຸມໃຫຍ່",
        "ປະທານກອງປະຊຸມ": "ສັນຕິສຸກ",
        "ຈຸດປະສົງ": "ປຶກສາຫາລື",
        "ຜູ້ທີ່ລົງທະບຽນໄດ້": "ສະເພາະອົງການທີ່ຖືກເຊີນ, ຜ່ານລິ້ງຂອງຕົນ",
        "ເມື່ອບ່ອນນັ່ງເຕັມ": "ຜູ້ຢູ່ລຳດັບທຳອິດໃນບັນຊີລໍຖ້າ ໄດ້ບ່ອນນັ່ງໂດຍອັດຕະໂນມັດ",
        "ບ່ອນນັ່ງທີ່ລົງທະບຽນແລ້ວ": "0 ໃນ 55",
    }
    english = await staff.browser.get(f"/en{page}")
    assert (heading_of(english), lists_of(english)["When"]) == (
        "Technical meeting Draft",
        "19 September 2095, 08:30 – 12:30",
    )


async def test_a_draft_that_is_sent_twice_is_one_meeting(staff: StaffOffice) -> None:
    await staff.signed_in()
    form = {**filled(await staff.browser.get("/staff/meetings/new")), **NEW}
    first = await staff.browser.post("/staff/meetings/new", data=form)
    second = await staff.browser.post("/staff/meetings/new", data=form)
    assert first.headers["location"] == second.headers["location"]


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"title-lo": ""}, {"title-lo": "ກະລຸນາໃສ່ຂໍ້ຄວາມ"}),
        ({"capacity": "ຫ້າສິບ"}, {"capacity": "ຕ້ອງເປັນຈຳນວນຖ້ວນ"}),
        ({"starts_at-day": "31"}, {"starts_at": "ຕ້ອງເປັນວັນທີ ແລະ ເວລາ"}),
        ({"starts_at-year": "2638"}, {"starts_at": "ປີນີ້ ແມ່ນ ພ.ສ. ບໍ່? ກະລຸນາໃສ່ປີ ຄ.ສ. (ພ.ສ. ລົບ 543)"}),
        ({"ends_at-time": "8:00"}, {"ends_at": "ເວລາສິ້ນສຸດຕ້ອງຢູ່ຫຼັງເວລາເລີ່ມ"}),
        ({"mobile": ""}, {"mobile": "ກະລຸນາໃສ່ເບີໂທ ຫຼື ອີເມວ"}),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_that_was_written_is_lost(
    changes: dict[str, str], beside: dict[str, str], shared_staff: StaffOffice
) -> None:
    await shared_staff.signed_in()
    page = await shared_staff.send("/staff/meetings/new", **{**NEW, **changes})
    assert (page.status_code >= 400, list(errors_of(page)), list(beside)) == (True, list(beside), list(beside))
    assert {name: filled(page)[name] for name in NEW} == {**NEW, **changes}
    assert f'href="#{next(iter(beside))}"' in page.text


async def test_a_draft_is_changed_as_a_whole(staff: StaffOffice) -> None:
    page = await drafted(staff)
    done = await staff.send(f"{page}/edit", **{"capacity": "60", "ends_at-time": "16:00", "title-en": ""})
    assert (done.status_code, done.headers.get("location")) == (303, page)
    meeting = await meeting_of(staff, page)
    assert (meeting["capacity"], meeting["ends_at"], meeting["title"]) == (
        60,
        "2095-09-19T09:00:00Z",
        {"lo": "ກອງປະຊຸມວິຊາການ", "en": None},
    )


async def test_two_people_who_change_a_meeting_see_what_the_other_has_saved(staff: StaffOffice) -> None:
    page = await drafted(staff)
    mine = {**filled(await staff.browser.get(f"{page}/edit")), "capacity": "70"}
    await staff.send(f"{page}/edit", capacity="60")
    refused = await staff.browser.post(f"{page}/edit", data=mine)
    assert (refused.status_code, filled(refused)["capacity"]) == (412, "70")
    assert "ທີ່ບັນທຶກໄວ້ແລ້ວ: 60" in words_of(refused)
    saved = await staff.browser.post(f"{page}/edit", data=filled(refused))
    assert (saved.status_code, (await meeting_of(staff, page))["capacity"]) == (303, 70)


async def test_a_meeting_is_opened_after_a_page_that_says_what_follows(staff: StaffOffice) -> None:
    page = await drafted(staff)
    assert (await meeting_of(staff, page))["phase"] == "draft"
    opened = await staff.send(f"{page}/open")
    assert (opened.status_code, (await meeting_of(staff, page))["phase"]) == (303, "open")


async def test_an_open_meeting_is_moved_once_it_was_shown_how_many_people_are_told(staff: StaffOffice) -> None:
    path = await staff.service.opened()
    await staff.service.invited(path)
    await staff.service.registered(path, 1, body="MOH", link=await staff.service.invited(path, body="MOH"))
    await staff.signed_in()
    asked = await staff.send(f"{page_of(path)}/reschedule", **{"starts_at-time": "9:00"})
    told = lists_of(asked)
    assert (asked.status_code, told["ຜູ້ມີບ່ອນນັ່ງ"], told["ຜູ້ປະສານງານຂອງອົງການທີ່ຖືກເຊີນ"]) == (200, "1", "2")
    assert "ຈະແຈ້ງໃຫ້ 4 ທ່ານຊາບ" in words_of(asked)
    assert (await meeting_of(staff, page_of(path)))["starts_at"] == "2022-09-19T01:30:00Z"
    done = await staff.browser.post(f"{page_of(path)}/reschedule", data=filled(asked))
    assert (done.status_code, (await meeting_of(staff, page_of(path)))["starts_at"]) == (303, "2022-09-19T02:00:00Z")


async def test_a_time_that_is_none_is_refused_before_anything_is_confirmed(staff: StaffOffice) -> None:
    path = await staff.service.opened()
    await staff.signed_in()
    asked = await staff.send(f"{page_of(path)}/reschedule", **{"starts_at-day": "31"})
    assert (asked.status_code, list(errors_of(asked))) == (422, ["starts_at"])


async def test_a_meeting_is_cancelled_with_a_reason(staff: StaffOffice) -> None:
    path = await staff.service.opened()
    await staff.signed_in()
    without = await staff.send(f"{page_of(path)}/cancel", reason="")
    assert (without.status_code, list(errors_of(without))) == (422, ["reason"])
    done = await staff.browser.post(f"{page_of(path)}/cancel", data={**filled(without), "reason": "ນ້ຳຖ້ວມ"})
    shown = await staff.browser.get(done.headers["location"])
    assert (done.status_code, heading_of(shown)) == (303, "ກອງປະຊຸມປຶກສາຫາລື ຍົກເລີກ")


async def test_a_body_is_found_in_lao_and_invited(staff: StaffOffice) -> None:
    path = await staff.service.opened(starts_at="2095-09-19T08:30:00+07:00", ends_at="2095-09-19T12:30:00+07:00")
    await staff.signed_in()
    found = await staff.browser.get(f"{page_of(path)}/invite", params={"q": "ການເງິນ"})
    assert re.findall(r'href="([^"]+/invite/[^"]+)"', found.text) == [f"{page_of(path)}/invite/MOF"]
    contact = {"given_name": "ຫົວໜ້າ", "rank": "60", "email": "contact@example.la"}
    done = await staff.send(f"{page_of(path)}/invite/MOF", seats="໓", **contact)
    assert done.status_code == 303, words_of(done)
    again = await staff.browser.get(done.headers["location"], params={"q": "ການເງິນ"})
    assert "ກະຊວງການເງິນ ເຊີນແລ້ວ" in words_of(again)
    assert "ກະຊວງການເງິນ ຍັງບໍ່ຕອບ 0 ໃນ 3 ບ່ອນ" in words_of(await staff.browser.get(page_of(path)))


async def test_whoever_does_not_organise_it_sees_a_meeting_without_its_buttons(staff: StaffOffice) -> None:
    path = await staff.service.opened()
    await staff.service.invited(path)
    page = await staff.signed_in(role="focal-point", path=page_of(path))
    assert (page.status_code, re.findall(r'<a class="govuk-button', page.text)) == (200, [])
    refused = await staff.send(f"{page_of(path)}/cancel", reason="x")
    assert refused.status_code == 403


@pytest.mark.parametrize("role", ["secretary", "desk", "archivist", "operator"])
async def test_whoever_is_no_organiser_is_shown_no_button_that_he_may_not_use(
    role: str, shared_staff: StaffOffice
) -> None:
    path = await shared_staff.service.opened()
    first = await shared_staff.signed_in(role=role)
    page = await shared_staff.browser.get(page_of(path))
    assert (first.status_code, page.status_code) == (200, 200)
    assert re.findall(r'<a class="govuk-button', first.text + page.text) == []


async def test_pages_for_staff_run_no_script_and_are_not_kept(staff: StaffOffice) -> None:
    page = await drafted(staff)
    for path in ("/staff", page, f"{page}/edit", f"{page}/open", f"{page}/cancel", f"{page}/reschedule"):
        for address in (path, f"/en{path}"):
            answer = await staff.browser.get(address)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert re.findall(r"<script|style=|(?:src|href)=\"(?![/#?])", answer.text) == []
