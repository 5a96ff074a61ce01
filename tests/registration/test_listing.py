"""The list of answers: found by name however it is spelled, in the order in which officials stand."""

from typing import Any

import pytest

from tests.registration.running_service import RegistrationService, answer

OFFICIALS = (
    # given name, family name, rank, body
    ("ກ້າວ", "ສີສຸກ", 80, "MOH"),
    ("ໝັ້ນ", "ສີສຸກ", 80, "MOF"),
    ("ກາວ", "ສີສຸກ", 80, "MOH"),
    ("ຮຸ່ງ", "ສີສຸກ", 80, "MOF"),
    ("Anna", "Smith", 80, "MOF"),
    ("ເຈົ້າ", "ຄຳແກ້ວ", 70, "UNDP"),
    ("ໜູພອນ", "ນ້ຳງື່ມ", 80, "MOF"),
    ("ກິນ", "ສີສຸກ", 80, "MOH"),
    ("ກ່າວ", "ສີສຸກ", 80, "MOH"),
    ("ສະຫວັນ", "ຄຳແກ້ວ", 90, "PMO"),
    ("ຈຳປາ", "ຄຳແກ້ວ", 60, "UNDP"),
)
IN_PRECEDENCE = ["ຈຳປາ", "ເຈົ້າ", "ໜູພອນ", "ໝັ້ນ", "ຮຸ່ງ", "Anna", "ກາວ", "ກ່າວ", "ກ້າວ", "ກິນ", "ສະຫວັນ"]


async def registered_officials(service: RegistrationService) -> str:
    path = await service.opened()
    for number, (given, family, rank, body) in enumerate(OFFICIALS):
        told = answer(number, body=body, given_name=given, family_name=family, rank=rank)
        assert (await service.anybody.post(f"{path}/registrations", told)).status_code == 201
    return path


async def names(service: RegistrationService, path: str, **asked: Any) -> list[str]:
    """The given names of all pages, as the search finds them; the list finds the same."""
    found: list[str] = []
    while True:
        answered = await service.organiser.post(f"{path}/registrations/search", asked)
        page = answered.json()
        assert (await service.organiser.get(f"{path}/registrations", **asked)).json() == page
        assert answered.headers["cache-control"] == "no-store"
        found += [one["given_name"] for one in page["items"]]
        if page["next"] is None:
            return found
        asked |= {"cursor": page["next"]}


@pytest.mark.parametrize("limit", [3, 100])
async def test_officials_stand_by_rank_then_protocol_order_then_lao_dictionary(
    shared_service: RegistrationService, limit: int
) -> None:
    path = await registered_officials(shared_service)
    assert await names(shared_service, path, order="precedence", limit=limit) == IN_PRECEDENCE
    assert await names(shared_service, path, limit=limit) == [given for given, *_ in OFFICIALS]


async def test_a_name_spelled_in_three_ways_finds_the_same_person(shared_service: RegistrationService) -> None:
    path = await registered_officials(shared_service)
    for spelling in ("ນ້ຳງື່ມ", "ນໍ້າງຶມ", "ຫນູພອນ", "ພອນນ້ໍາ", "ໜູ\u200bພອນ"):
        assert await names(shared_service, path, q=spelling) == ["ໜູພອນ"], spelling
    assert await names(shared_service, path, q="SMITH", order="precedence", limit=1) == ["Anna"]
    assert await names(shared_service, path, q="ຄຳແກ້ວ", order="precedence", limit=1) == ["ຈຳປາ", "ເຈົ້າ", "ສະຫວັນ"]
    assert await names(shared_service, path, q="ຄຳແກ້ວ", organisation="PMO") == ["ສະຫວັນ"]


@pytest.mark.parametrize("signs", ["%", "_", "-", "\\", "່", "້໌"])
async def test_signs_alone_find_nobody(shared_service: RegistrationService, signs: str) -> None:
    path = await registered_officials(shared_service)
    assert await names(shared_service, path, q=signs) == []


async def test_a_name_that_an_older_version_wrote_is_found_as_it_is_written(service: RegistrationService) -> None:
    path = await registered_officials(service)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE person SET search_key = NULL")
    assert await names(service, path, q="ໝັ້ນ") == ["ໝັ້ນ"]
    assert await names(service, path, q="ໝັນ") == []
    assert await names(service, path, q="smith") == ["Anna"]
    assert await names(service, path, q="_") == []


async def test_nothing_of_a_name_is_left_after_the_erasure(service: RegistrationService) -> None:
    path = await registered_officials(service)
    person_id = await service.value("SELECT person_id::text FROM person WHERE given_name = 'Anna'")
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert await names(service, path, q="Smith") == []
    assert await service.value("SELECT count(*) FROM person WHERE search_key LIKE '%smith%'") == 0


async def test_a_focal_point_finds_the_people_of_his_own_body_alone(service: RegistrationService) -> None:
    path = await registered_officials(service)
    focal_point = service.as_("focal-point", body="UNDP")
    found = await focal_point.post(f"{path}/registrations/search", {"q": "ຄຳແກ້ວ", "order": "precedence"})
    assert [one["given_name"] for one in found.json()["items"]] == ["ຈຳປາ", "ເຈົ້າ"]
    other = await focal_point.post(f"{path}/registrations/search", {"q": "ກາວ", "organisation": "MOH"})
    assert other.json() == {"items": [], "next": None}


async def test_a_search_is_refused_as_the_list_is(service: RegistrationService) -> None:
    path = await registered_officials(service)
    search = f"{path}/registrations/search"
    assert (await service.anybody.post(search, {"q": "ກາວ"})).status_code == 401
    refused = await service.organiser.post(search, {"q": "ກາວ", "cursor": "?"})
    assert (refused.status_code, refused.json()["code"]) == (422, "InvalidCursor")
    wrong = await service.organiser.post(search, {"q": "ກາວ", "limit": 201, "name": "ກາວ"})
    assert [one["field"] for one in wrong.json()["errors"]] == ["/limit", "/name"]
