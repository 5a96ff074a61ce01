"""An organiser finds the answers to his meeting, decides on requests, moves people up, and takes lists along."""

import re

import httpx
import pytest

from tests.portal.office import heading_of, lists_of, words_of
from tests.portal.staff_pages.office import StaffOffice, filled
from tests.portal.staff_pages.test_meetings import errors_of, page_of

APPROVAL = {"policy": "with-approval"}


def names_of(page: httpx.Response) -> list[str]:
    """The names in the list, in its order."""
    rows = re.findall(r'(?s)office-card__title">(.*?)</h2>', page.text)
    return [" ".join(re.sub("<[^>]+>", "", row).split()) for row in rows]


async def test_answers_are_listed_by_rank_and_found_by_name_however_it_is_spelled(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened()
    await shared_staff.service.registered(path, 1, given_name="ສີດາ", rank=80)
    await shared_staff.service.registered(path, 2, given_name="ນ້ຳຝົນ", rank=60)
    await shared_staff.signed_in()
    address = f"{page_of(path)}/answers"
    assert names_of(await shared_staff.browser.get(address)) == ["ນ້ຳຝົນ", "ສີດາ"]
    assert names_of(await shared_staff.send(address, order="arrival")) == ["ສີດາ", "ນ້ຳຝົນ"]
    found = await shared_staff.send(address, q="ນໍ້າຝົນ")
    assert (names_of(found), str(found.url).endswith("/answers")) == (["ນ້ຳຝົນ"], True)


async def test_answers_are_filtered_by_state_and_body(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(capacity=1)
    await shared_staff.service.registered(path, 1)
    await shared_staff.service.registered(path, 2, body="MOH")
    await shared_staff.signed_in()
    address = f"{page_of(path)}/answers"
    assert names_of(await shared_staff.send(address, state="waitlisted")) == ["ຄົນທີ 2"]
    assert names_of(await shared_staff.send(address, organisation="MOF")) == ["ຄົນທີ 1"]
    assert names_of(await shared_staff.send(address, organisation="MOF", state="waitlisted")) == []


async def test_a_long_list_has_a_next_page(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(capacity=200)
    for number in range(101):
        await shared_staff.service.registered(path, number)
    await shared_staff.signed_in()
    first = await shared_staff.browser.get(f"{page_of(path)}/answers")
    cursor = re.findall(r'name="cursor" value="([^"]+)"', first.text)[0]
    second = await shared_staff.browser.post(f"{page_of(path)}/answers", data={**filled(first), "cursor": cursor})
    assert (len(names_of(first)), len(names_of(second))) == (100, 1)


async def test_a_request_is_admitted(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(**APPROVAL)
    asked = await shared_staff.service.registered(path, 1)
    await shared_staff.signed_in()
    address = f"{page_of(path)}/answers/{asked['registration_id']}"
    done = await shared_staff.send(address, decision="approve")
    page = await shared_staff.browser.get(done.headers["location"])
    assert (heading_of(page), lists_of(page)["ສະຖານະ"]) == ("ຄົນທີ 1", "ມີບ່ອນນັ່ງ")


async def test_a_request_is_refused_with_a_reason(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(**APPROVAL)
    asked = await shared_staff.service.registered(path, 1)
    await shared_staff.signed_in()
    address = f"{page_of(path)}/answers/{asked['registration_id']}"
    without = await shared_staff.send(address, decision="reject", reason="")
    assert (without.status_code, list(errors_of(without))) == (422, ["reason"])
    done = await shared_staff.browser.post(address, data={**filled(without), "decision": "reject", "reason": "ເຕັມ"})
    page = await shared_staff.browser.get(done.headers["location"])
    assert (lists_of(page)["ສະຖານະ"], lists_of(page)["ເຫດຜົນ"]) == ("ບໍ່ໄດ້ຮັບການອະນຸມັດ", "ເຕັມ")


async def test_whoever_waits_is_given_a_free_seat_with_a_reason(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(capacity=1, waiting_list="manual")
    first = await shared_staff.service.registered(path, 1)
    waits = await shared_staff.service.registered(path, 2)
    await shared_staff.signed_in()
    address = f"{page_of(path)}/answers/{waits['registration_id']}"
    full = await shared_staff.send(address, decision="promote", reason="ຜູ້ລາຍງານ")
    assert (full.status_code, "ມີຂໍ້ທີ່ຕ້ອງແກ້ໄຂ" in words_of(full)) == (409, True)
    await shared_staff.service.withdrawn(path, first)
    done = await shared_staff.send(address, decision="promote", reason="ຜູ້ລາຍງານ")
    page = await shared_staff.browser.get(done.headers["location"])
    assert (lists_of(page)["ສະຖານະ"], lists_of(page)["ເຫດຜົນທີ່ໄດ້ບ່ອນນັ່ງ"]) == ("ມີບ່ອນນັ່ງ", "ຜູ້ລາຍງານ")


@pytest.mark.parametrize(
    ("name", "media_type", "begins"),
    [
        ("registrations.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
        ("registrations.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("badges", "application/pdf", b"%PDF"),
        ("attendance-sheet", "application/pdf", b"%PDF"),
    ],
)
async def test_lists_and_papers_are_passed_on(
    name: str, media_type: str, begins: bytes, shared_staff: StaffOffice
) -> None:
    path = await shared_staff.service.opened()
    await shared_staff.service.registered(path, 1)
    await shared_staff.signed_in()
    file = await shared_staff.browser.get(f"{page_of(path)}/files/{name}")
    assert (file.status_code, file.headers["content-type"], file.content[: len(begins)]) == (200, media_type, begins)
    assert "no-store" in file.headers["cache-control"]


@pytest.mark.parametrize("name", ["registrations.json", "..%2f..%2fpersons", "x"])
async def test_no_other_file_is_passed_on(name: str, shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    path = page_of(await shared_staff.service.opened())
    assert (await shared_staff.browser.get(f"{path}/files/{name}")).status_code == 404


async def test_a_focal_point_sees_the_people_of_his_body_and_decides_nothing(shared_staff: StaffOffice) -> None:
    path = await shared_staff.service.opened(**APPROVAL)
    own = await shared_staff.service.registered(path, 1)
    other = await shared_staff.service.registered(path, 2, body="MOH")
    await shared_staff.signed_in(role="focal-point")
    address = f"{page_of(path)}/answers"
    assert names_of(await shared_staff.browser.get(address)) == ["ຄົນທີ 1"]
    assert (await shared_staff.browser.get(f"{address}/{other['registration_id']}")).status_code == 404
    page = await shared_staff.browser.get(f"{address}/{own['registration_id']}")
    assert 'name="decision"' not in page.text
    refused = await shared_staff.browser.post(str(page.url), data={"decision": "approve"})
    assert refused.status_code == 403


@pytest.mark.parametrize("identifier", ["x", "00000000-0000-0000-0000-000000000000"])
async def test_an_answer_that_does_not_exist_is_not_found(identifier: str, shared_staff: StaffOffice) -> None:
    path = page_of(await shared_staff.service.opened())
    await shared_staff.signed_in()
    assert (await shared_staff.browser.get(f"{path}/answers/{identifier}")).status_code == 404
