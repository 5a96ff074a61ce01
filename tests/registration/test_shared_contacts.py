"""Several officials under one office number or address, where the organiser lets them share it."""

from typing import Any

import pytest

from tests.registration.lists import applied, counted, csv, refused_rows, row
from tests.registration.running_service import INVITED, RegistrationService, answer, code_of, person

OFFICE = {"mobile": "020 5555 7000", "email": "office@mof.example.la"}
OFFICIALS: tuple[dict[str, Any], ...] = tuple({"given_name": name, **OFFICE} for name in ("ແກ້ວ", "ນ້ອຍ", "ບຸນ"))
KEO, NOY, BOUN = OFFICIALS
SEATS = """
SELECT person.given_name, r.mobile IS NOT NULL AS own, r.shared_mobile IS NOT NULL AS shared, r.same_contact_as,
       r.state FROM registration r JOIN person USING (person_id) ORDER BY r.registration_id
"""
TOLD_AGAIN = "SELECT count(*) FROM outbox WHERE type = 'registration.registration-repeated.v1'"


async def seats(service: RegistrationService) -> list[tuple[Any, ...]]:
    """Name, whether the number is his own or shared, whose it is otherwise, and state."""
    return [tuple(one) for one in await service.rows(SEATS)]


def rows(*people: dict[str, Any]) -> dict[str, Any]:
    return {"rows": [answer(place, **one) for place, one in enumerate(people)]}


async def test_officials_of_one_office_have_a_seat_a_code_and_a_link_each(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path)
    told = [await service.registered(path, link=link, **one) for one in (KEO, NOY)]
    assert [one["state"] for one in told] == ["confirmed", "confirmed"]
    assert await seats(service) == [("ແກ້ວ", True, False, None, "confirmed"), ("ນ້ອຍ", False, True, None, "confirmed")]
    names = []
    for token in (await service.own_tokens()).values():
        own = await service.http.get("/v1/registration", headers={"Registration-Token": token})
        names.append(own.json()["given_name"])
    assert sorted(names) == ["ນ້ອຍ", "ແກ້ວ"]


async def test_the_same_name_with_the_same_number_is_refused_to_whom_may_know_it(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path, seats=5)
    for one in (KEO, NOY):
        await service.registered(path, link=link, **one)
    for again in (KEO, NOY, {**NOY, "family_name": "ສີສຸກ"}):
        refused = await service.anybody.post(f"{path}/registrations", answer(link=link, **again))
        assert code_of(refused) == (409, "AlreadyRegistered", None)
    refused = await service.organiser.post(f"{path}/registrations/bulk", rows(NOY, BOUN))
    assert [one["row"] for one in refused.json()["details"]["rows"]] == [0]


async def test_without_the_policy_the_second_is_refused_as_before(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    await service.registered(path, link=link, **KEO)
    refused = await service.anybody.post(f"{path}/registrations", answer(link=link, **NOY))
    assert code_of(refused) == (409, "AlreadyRegistered", None)


async def test_a_stranger_is_answered_alike_for_each_name_with_a_known_number(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    await service.registered(path, **KEO)
    told = [await service.registered(path, **one) for one in (KEO, NOY, {**NOY, "mobile": "020 5555 7001"})]
    assert len({frozenset(one) for one in told}) == 1
    assert {(one["state"], one["proven"]) for one in told} == {("confirmed", False)}
    keo, *others = await seats(service)
    assert [(one[0], one[2], one[3] is None) for one in (keo, *others)] == [
        ("ແກ້ວ", False, True),
        ("ແກ້ວ", False, False),
        ("ນ້ອຍ", True, True),
        ("ນ້ອຍ", False, False),  # the same name and address: the person who has them is told
    ]


async def test_a_number_is_shared_by_twenty_at_most(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    names = [chr(ord("ກ") + number) * 2 for number in (0, 1, 3, 6, 7, 9, 12, 19, 20, 21, 22, 24, 25, 26, 27, 28)]
    people: list[dict[str, Any]] = [{"given_name": name, **OFFICE} for name in (*names, "ນຸ່ນ", "ພອນ", "ຈັນ", "ສີດາ")]
    made = await service.organiser.post(f"{path}/registrations/bulk", rows(*people))
    assert made.json()["registered"] == 20
    refused = await service.organiser.post(f"{path}/registrations/bulk", rows(KEO))
    assert [one["code"] for one in refused.json()["details"]["rows"]] == ["AlreadyRegistered"]


async def test_a_chunk_and_a_group_of_one_office_are_registered(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    made = await service.organiser.post(f"{path}/registrations/bulk", rows(KEO, NOY))
    assert made.json()["registered"] == 2
    group = {"organisation": INVITED, "people": [person(**one) for one in (BOUN, {**BOUN, "given_name": "ວົງ"})]}
    assert (await service.anybody.post(f"{path}/groups", group)).status_code == 201
    assert [one[1:3] for one in await seats(service)] == [(True, False), (False, True), (False, True), (False, True)]


async def test_a_list_of_one_office_is_imported_and_changed(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    office = [row(number, mobile=OFFICE["mobile"]) for number in (1, 2, 3)]
    preview = await service.imported(path, csv(*office, row(2, mobile=OFFICE["mobile"])))
    assert (counted(preview), (await refused_rows(service, path, preview))[0][2]) == (
        {"new": 3, "refused": 1},
        "DuplicateRow",
    )
    assert (await applied(service, path, preview, "valid-rows"))["state"] == "applied"
    again = await service.imported(path, csv(*office[:1], row(2, mobile=OFFICE["mobile"], rank=70), office[2]))
    assert counted(again) == {"same": 2, "changed": 1}
    assert (await applied(service, path, again))["state"] == "applied"
    assert [one[1:3] for one in await seats(service)] == [(True, False), (False, True), (False, True)]


async def test_who_declines_for_himself_does_not_decline_for_his_colleague(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path)
    await service.registered(path, link=link, **KEO)
    for one, expected in ((NOY, 201), (KEO, 409), (BOUN, 201)):
        declined = await service.anybody.post(f"{path}/declines", {**answer(link=link, **one), "reason": "ຕິດວຽກ"})
        assert declined.status_code == expected
    await service.registered(path, link=link, **NOY)
    assert [(one[0], one[4]) for one in await seats(service)] == [
        ("ແກ້ວ", "confirmed"),
        ("ນ້ອຍ", "confirmed"),
        ("ບຸນ", "declined"),
    ]


async def test_who_comes_after_all_shares_the_number_that_another_has_meanwhile(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path)
    keo = await service.registered(path, link=link, **KEO)
    await service.withdrawn(path, keo)
    await service.registered(path, link=link, **NOY)
    there = f"{path}/registrations/{keo['registration_id']}/accept"
    assert (await service.anybody.post(there, {"code": keo["code"]})).json()["state"] == "confirmed"
    assert await seats(service) == [("ແກ້ວ", False, True, None, "confirmed"), ("ນ້ອຍ", True, False, None, "confirmed")]


async def test_a_colleague_with_the_same_number_represents(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path)
    keo = await service.registered(path, link=link, **KEO)
    there = f"{path}/registrations/{keo['registration_id']}/representative"
    himself = await service.anybody.post(there, {"code": keo["code"], "representative": person(**KEO)})
    assert code_of(himself) == (409, "AlreadyRegistered", None)
    sent = await service.anybody.post(there, {"code": keo["code"], "representative": person(**NOY)})
    assert sent.status_code == 201
    assert (await seats(service))[1] == ("ນ້ອຍ", False, True, None, "confirmed")


async def test_requests_of_one_office_are_approved_one_by_one(service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True, policy="with-approval")
    asked = [await service.registered(path, **one) for one in (KEO, NOY)]
    for one in asked:
        done = await service.organiser.post(f"{path}/registrations/{one['registration_id']}/approve")
        assert done.json()["state"] == "confirmed"
    assert [one[1:4] for one in await seats(service)] == [(True, False, None), (False, True, None)]


@pytest.mark.parametrize("name", ["ແກ້ວ", "ນ້ອຍ"])
async def test_after_an_erasure_nothing_is_left_of_the_number(name: str, service: RegistrationService) -> None:
    path = await service.opened(shared_contacts=True)
    link = await service.invited(path)
    for one in (KEO, NOY):
        await service.registered(path, link=link, **one)
    person_id = await service.value("SELECT person_id FROM person WHERE given_name = $1", name)
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    found = "SELECT count(*) FROM registration WHERE person_id = $1 AND coalesce(mobile, shared_mobile) IS NOT NULL"
    assert await service.value(found, person_id) == 0
