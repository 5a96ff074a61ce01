"""A meeting like an earlier one: what is copied, and what never is."""

from datetime import timedelta
from typing import Any

from tests.registration.papers import documented, fetched, listed, pdf
from tests.registration.running_service import END, START, RegistrationService, code_of, person

MONTH = timedelta(days=30)
WHEN = {"starts_at": (START + MONTH).isoformat(), "ends_at": (END + MONTH).isoformat()}
AGENDA = [
    {"number": "1", "title": {"lo": "ກ່າວເປີດກອງປະຊຸມ"}, "minutes": 15},
    {"number": "2", "title": {"lo": "ປຶກສາຫາລື"}, "presenter": "MOF"},
]
TEXTS = {
    "purpose": "ປຶກສາຫາລື ກ່ຽວກັບຮ່າງຍຸດທະສາດ",
    "outcome": "ຮ່າງທີ່ປັບປຸງແລ້ວ",
    "organiser_unit": {"lo": "ກົມລັດຖະບານດິຈິຕອນ", "en": None},
    "capacity": 40,
    "rank_floor": 90,
    "tacit_consent": True,
    "waiting_list": "none",
}
FORM = {"fields": [{"name": "diet", "kind": "text", "label": {"lo": "ອາຫານ"}, "retention_days": 30}]}


async def copied(service: RegistrationService, path: str, **members: Any) -> tuple[str, dict[str, Any]]:
    """The path of the copy, and the answer."""
    answer = await service.organiser.post(f"{path}/copies", {**WHEN, **members})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.json()


async def test_a_copy_has_all_that_makes_the_meeting_and_nobody_who_came(shared_service: RegistrationService) -> None:
    service = shared_service
    contact = {"organisation": "MOH", "person": person(90)}
    path = await service.opened(
        **TEXTS,
        agenda=AGENDA,
        co_hosts=["MOH"],
        co_host_contacts=[contact],
        registration_closes_at=(START - MONTH).isoformat(),
    )
    await service.invited(path)
    copy, told = await copied(service, path)
    assert (told["phase"], [one["what"] for one in told["left_out"]]) == ("draft", ["participants", "documents"])
    before, after = (await service.organiser.get(path)).json(), (await service.organiser.get(copy)).json()
    same = (*TEXTS, "title", "venue", "co_hosts", "policy")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert (after["starts_at"], after["registration_closes_at"]) == ("2022-10-19T01:30:00Z", "2022-09-19T01:30:00Z")
    assert after["previous_meeting_id"] is None
    assert (await service.organiser.get(f"{copy}/invitations")).json()["items"] == []
    agenda = [[{**item, "item_id": None} for item in each["agenda"]] for each in (before, after)]
    assert agenda[0] == agenda[1]
    assert before["agenda"][0]["item_id"] != after["agenda"][0]["item_id"]
    chairs = [before["chair"], after["chair"]]
    assert chairs[0]["person_id"] != chairs[1]["person_id"]
    assert chairs[0]["given_name"] == chairs[1]["given_name"]


async def test_a_copy_may_have_another_title_and_chair_and_name_the_meeting_before(
    shared_service: RegistrationService,
) -> None:
    service = shared_service
    path = await service.opened()
    await service.registered(path, 1)
    changes = {"title": {"lo": "ກອງປະຊຸມ ຄັ້ງທີ 2"}, "chair": person(91), "continues": True}
    copy, _ = await copied(service, path, **changes)
    told = (await service.organiser.get(copy)).json()
    assert (told["title"]["lo"], told["chair"]["given_name"]) == ("ກອງປະຊຸມ ຄັ້ງທີ 2", "ຄົນທີ 91")
    assert (f"/v1/meetings/{told['previous_meeting_id']}", told["confirmed"]) == (path, 0)


async def test_documents_are_copied_by_reference_where_they_are_asked_for(service: RegistrationService) -> None:
    path = await service.drafted(agenda=AGENDA)
    item = (await service.organiser.get(f"{path}/agenda")).json()["items"][1]["item_id"]
    await documented(service, path, pdf(1), title={"lo": "ຮ່າງ"}, item_id=item)
    await documented(service, path, pdf(2), title={"lo": "ຕາຕະລາງ"}, access="staff")
    gone = await documented(service, path, pdf(3))
    await service.organiser.post(f"{gone}/withdraw", {})
    copy, told = await copied(service, path, documents=True)
    assert [one["what"] for one in told["left_out"]] == ["participants", "versions"]
    assert await listed(service.organiser, copy) == [("ຕາຕະລາງ", "staff"), ("ຮ່າງ", "public")]
    assert (await service.organiser.delete(path)).status_code == 204
    paper = (await service.organiser.get(f"{copy}/documents")).json()["documents"][1]
    assert paper["item_id"] == (await service.organiser.get(f"{copy}/agenda")).json()["items"][1]["item_id"]
    assert (await fetched(service.organiser, f"{copy}/documents/{paper['document_id']}")).content == pdf(1)


async def test_the_form_is_copied(shared_service: RegistrationService) -> None:
    path = await shared_service.drafted()
    asked = await shared_service.organiser.put(f"{path}/form", FORM)
    assert asked.status_code == 200, asked.text
    copy, _ = await copied(shared_service, path)
    forms = [(await shared_service.organiser.get(each)).json()["form"] for each in (path, copy)]
    assert forms[0] == forms[1] != []


async def test_a_chair_who_was_erased_is_named_anew(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened()
    chair = (await service.organiser.get(path)).json()["chair"]["person_id"]
    assert (await service.as_("operator").post(f"/v1/persons/{chair}/erase")).status_code == 204
    assert code_of(await service.organiser.post(f"{path}/copies", WHEN)) == (422, "InvalidValue", "/chair")
    copy, _ = await copied(service, path, chair=person(92))
    assert (await service.organiser.get(copy)).json()["chair"]["given_name"] == "ຄົນທີ 92"


async def test_meetings_of_others_and_times_that_cannot_be_are_refused(shared_service: RegistrationService) -> None:
    service = shared_service
    path = await service.opened()
    other = service.as_("organiser", body="MOF")
    assert code_of(await other.post(f"{path}/copies", WHEN)) == (403, "NotPermitted", None)
    backwards = {"starts_at": WHEN["ends_at"], "ends_at": WHEN["starts_at"]}
    assert code_of(await service.organiser.post(f"{path}/copies", backwards)) == (422, "InvalidSchedule", "/ends_at")
    again = [await service.organiser.post(f"{path}/copies", WHEN, idempotency_key="one") for _ in range(2)]
    assert again[0].headers["location"] == again[1].headers["location"]
