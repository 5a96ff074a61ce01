"""What is told of an erasure: what it takes away, what it leaves and why, never a name."""

from typing import Any

from tests.registration.lists import applied, csv, row
from tests.registration.running_service import RegistrationService

UNKNOWN = "01900000-0000-7000-8000-000000000000"
REGISTERED = """
SELECT array_agg(given_name) FROM registration JOIN person USING (person_id) WHERE given_name IS NOT NULL
"""


async def registered_person(service: RegistrationService) -> str:
    """Somebody who came to one meeting."""
    path = await service.opened()
    seat = await service.registered(path, 1, given_name="ສົມພອນ", family_name="ແກ້ວມະນີ")
    await service.scanned(path, {"code": seat["code"]})
    found: str = await service.value("SELECT person_id::text FROM person WHERE given_name = 'ສົມພອນ'")
    return found


async def report(service: RegistrationService, person_id: str) -> dict[str, Any]:
    told = await service.as_("operator").get(f"/v1/persons/{person_id}/erasure")
    assert (told.status_code, "ສົມພອນ" in told.text) == (200, False)
    found: dict[str, Any] = told.json()
    return found


async def test_the_report_says_before_and_after_what_stays_and_why(service: RegistrationService) -> None:
    person_id = await registered_person(service)
    before = await report(service, person_id)
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    after = await report(service, person_id)
    assert (before["erased"], after["erased"]) == (False, True)
    assert {**after, "erased": False} == before
    assert [(kept["what"], kept["rows"]) for kept in after["kept"] if kept["rows"]] == [
        ("answers, by identifier, state, body and rank", 1),
        ("scans at the entrance, by identifier", 1),
    ]
    assert [kept for kept in after["kept"] if not kept["why"]] == []


async def test_who_was_erased_is_in_no_list_that_waits_to_be_applied(service: RegistrationService) -> None:
    person_id = await registered_person(service)
    number = await service.value("SELECT mobile FROM person WHERE given_name = 'ສົມພອນ'")
    path = await service.opened()
    listed = row(1, given_name="ສົມພອນ", mobile=number)
    preview = await service.imported(path, csv(listed, row(2)))
    before = await report(service, person_id)
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert [kept["rows"] for kept in before["kept"] if kept["what"].startswith("rows of lists")] == [1]
    await applied(service, path, preview)
    assert await service.value(REGISTERED) == ["ຄົນທີ 2"]


async def test_nobody_is_no_person(shared_service: RegistrationService) -> None:
    told = await shared_service.as_("operator").get(f"/v1/persons/{UNKNOWN}/erasure")
    assert told.status_code == 404
