"""A draft under a key of the client's own: created, replaced, deleted; who holds it, and who is forgotten with it."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.registration.domain.refusals import OrganisationUnknown, WrongPhase
from shared.contracts.ids import new_id
from shared.kernel import NotFound, NotPermitted, StaleVersion
from tests.registration.commands import change_hosts, discard, draft, replace_draft
from tests.registration.facts import changed, discarded, drafted, hosts_changed, moved, opened
from tests.registration.running_service import (
    END,
    INVITED,
    NEVER,
    RegistrationService,
    answer,
    code_of,
    meeting,
    person,
    together,
)
from tests.registration.scenario import OTHER_ORGANISER, START, after, meeting_after, named, refuses

KEO, NOY = named("keo"), named("noy")
CHAIR = meeting()["chair"]


def test_a_draft_becomes_what_it_is_to_be_and_only_the_difference_is_a_fact() -> None:
    assert after(drafted(), command=replace_draft()) == []
    later = START + timedelta(days=1)
    told = after(
        drafted(), command=replace_draft(starts_at=later, ends_at=later + timedelta(hours=4), capacity=7, chair=KEO)
    )
    assert told == [
        moved(to=later, until=later + timedelta(hours=4)),
        hosts_changed(chair=KEO, former_chair=drafted().chair),
        changed(capacity=7, sequence=1),
    ]


def test_a_draft_is_replaced_and_deleted_by_its_organiser_who_has_seen_it() -> None:
    for command in (replace_draft(by=OTHER_ORGANISER, organiser="MOF"), discard(by=OTHER_ORGANISER)):
        assert after(drafted(), command=command) == refuses(NotFound)
    assert after(drafted(), command=replace_draft(organiser="MOF")) == refuses(NotPermitted, roles=["organiser"])
    for stale in (replace_draft(seen=7), discard(seen=7)):
        assert after(drafted(), command=stale) == refuses(StaleVersion, version=1)


def test_what_was_deleted_may_be_drafted_again_and_its_facts_are_counted_on() -> None:
    assert after(drafted(), discarded(), command=draft()) == [drafted()]
    assert meeting_after(drafted(), discarded(), drafted()).version == 3


def test_who_holds_an_open_meeting_changes_and_the_fact_says_who_came_and_went() -> None:
    steps = opened(co_hosts=("UNDP",), co_host_contacts=(KEO,))
    told = after(steps, command=change_hosts(co_hosts=("MOF",), co_host_contacts=(NOY,)))
    gone: dict[str, Any] = {"former_co_host_contacts": (KEO,), "new_co_host_contacts": (NOY,)}
    assert told == [hosts_changed(announced=True, co_hosts=("MOF",), co_host_contacts=(NOY,), **gone)]
    assert after(steps, command=change_hosts(co_hosts=("UNDP",))) == []
    unknown = after(steps, command=change_hosts(co_hosts=("MOF", "ZZZZ")), unknown=["ZZZZ"])
    assert unknown == refuses(OrganisationUnknown, at="/co_hosts/1")


async def test_a_draft_under_ones_own_key_is_created_once_and_then_replaced(service: RegistrationService) -> None:
    path = f"/v1/meetings/{new_id()}"
    first = await service.organiser.put(path, meeting())
    again = await service.organiser.put(path, meeting())
    other = await service.organiser.put(path, meeting(capacity=7, title={"lo": "ຊື່ໃໝ່"}))
    assert [(told.status_code, told.json()["version"]) for told in (first, again, other)] == [
        (201, 1),
        (200, 1),
        (200, 2),
    ]
    told = (await service.organiser.get(path)).json()
    assert (told["capacity"], told["title"]["lo"], told["phase"]) == (7, "ຊື່ໃໝ່", "draft")
    assert await service.value("SELECT count(*) FROM person") == 1


@pytest.mark.parametrize(
    ("headers", "there", "status"),
    [
        ({"if_none_match": "*"}, "nothing", 201),
        ({"if_none_match": "*"}, "draft", 412),
        ({"if_none_match": '"7", W/"1"'}, "draft", 412),
        ({"if_none_match": '"7"'}, "draft", 200),
        ({"if_match": "*"}, "nothing", 412),
        ({"if_match": "*"}, "draft", 200),
        ({"if_match": '"7", "1"'}, "draft", 200),
        ({"if_match": '"7"'}, "draft", 412),
        ({"if_match": '"1"'}, "nothing", 412),
    ],
)
async def test_a_draft_is_put_only_where_the_client_expects_one(
    headers: dict[str, str], there: str, status: int, shared_service: RegistrationService
) -> None:
    path = await shared_service.drafted() if there == "draft" else f"/v1/meetings/{uuid4()}"
    assert (await shared_service.organiser.put(path, meeting(capacity=7), **headers)).status_code == status
    seen = await shared_service.organiser.get(path)
    assert seen.status_code == (200 if there == "draft" or status == 201 else 404)
    assert seen.is_error or seen.json()["capacity"] == (7 if status < 400 else 55)


async def test_of_two_who_create_the_same_at_once_one_does(service: RegistrationService) -> None:
    path = f"/v1/meetings/{new_id()}"
    answers = await together(*(service.organiser.put(path, meeting()) for _ in range(5)))
    statuses = sorted(told.status_code for told in answers)
    assert (statuses.count(201), set(statuses) - {200, 201, 409}) == (1, set())
    assert await service.value("SELECT count(*) FROM meeting") == 1


async def test_an_open_meeting_is_neither_replaced_nor_deleted(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    for told in (await shared_service.organiser.put(path, meeting()), await shared_service.organiser.delete(path)):
        assert code_of(told) == (409, WrongPhase.__name__, None)


async def test_a_refused_draft_leaves_nothing_half_written(service: RegistrationService) -> None:
    path = f"/v1/meetings/{new_id()}"
    refused = await service.organiser.put(path, meeting(co_hosts=["ZZZZ"]))
    assert code_of(refused) == (422, "OrganisationUnknown", "/co_hosts/0")
    assert await service.value("SELECT count(*) FROM meeting") == 0
    assert await service.value("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM outbox)") == 0


async def test_a_deleted_draft_is_gone_with_its_persons_and_its_key_may_be_used_again(
    service: RegistrationService,
) -> None:
    contact = {"organisation": INVITED, "person": person(7)}
    path = await service.drafted(co_hosts=[INVITED], co_host_contacts=[contact])
    assert (await service.organiser.delete(path, if_match='"2"')).status_code == 412
    assert (await service.organiser.delete(path, if_match='"1"')).status_code == 204
    assert (await service.organiser.get(path)).status_code == 404
    assert (await service.organiser.delete(path)).status_code == 404
    assert await service.value("SELECT count(*) FROM person WHERE given_name IS NOT NULL") == 0
    again = await service.organiser.put(path, meeting())
    assert (again.status_code, again.json()["version"]) == (201, 3)
    types = [row["type"] for row in await service.rows("SELECT type FROM outbox ORDER BY id")]
    assert types == [
        *("registration.person-recorded.v1",) * 2,
        "registration.meeting-drafted.v1",
        "registration.meeting-discarded.v1",
        *("registration.person-erased.v1",) * 2,
        "registration.person-recorded.v1",
        "registration.meeting-drafted.v1",
    ]


async def test_a_draft_that_was_moved_is_deleted_too(service: RegistrationService) -> None:
    path = await service.drafted()
    later = {"starts_at": NEVER, "ends_at": "2099-01-01T04:00:00Z"}
    assert (await service.organiser.put(path, meeting(**later))).status_code == 200
    assert (await service.organiser.delete(path)).status_code == 204
    assert await service.value("SELECT count(*) FROM meeting") == 0


async def test_another_chair_of_a_draft_is_recorded_and_the_former_one_forgotten(service: RegistrationService) -> None:
    path = await service.drafted()
    told = await service.organiser.patch(path, {"chair": {"given_name": "ບຸນມີ", "rank": 40, "email": "b@mtc.la"}})
    assert (told.status_code, told.json()["version"]) == (200, 2)
    assert (await service.organiser.get(path)).json()["chair"]["given_name"] == "ບຸນມີ"
    names = await service.rows("SELECT given_name FROM person ORDER BY given_name NULLS LAST")
    assert [row["given_name"] for row in names] == ["ບຸນມີ", None]


async def test_a_chair_with_the_same_number_is_the_same_person_corrected(service: RegistrationService) -> None:
    path = await service.opened()
    told = await service.organiser.patch(path, {"chair": {**CHAIR, "position_title": "ລັດຖະມົນຕີ"}})
    assert told.json()["version"] == 2  # the person has changed, the meeting has not
    assert (await service.organiser.get(path)).json()["chair"]["position_title"] == "ລັດຖະມົນຕີ"
    assert await service.value("SELECT count(*) FROM person") == 1


async def test_the_former_chair_of_an_open_meeting_is_kept_to_be_told(service: RegistrationService) -> None:
    path = await service.opened()
    await service.organiser.patch(path, {"chair": {"given_name": "ບຸນມີ", "rank": 40, "email": "b@mtc.la"}})
    assert await service.value("SELECT count(*) FROM person WHERE given_name IS NOT NULL") == 2
    (fact,) = await service.rows("SELECT payload FROM outbox WHERE type = 'registration.meeting-hosts-changed.v1'")
    assert json.loads(fact["payload"])["announced"] is True


async def test_contacts_are_of_co_hosts_and_leave_with_them(service: RegistrationService) -> None:
    contacts = [{"organisation": INVITED, "person": person(7)}, {"organisation": "UNDP", "person": person(8)}]
    path = await service.drafted(co_hosts=[INVITED, "UNDP"], co_host_contacts=contacts)
    wrong = await service.organiser.patch(path, {"co_host_contacts": [{"organisation": "MOH", "person": person(9)}]})
    assert code_of(wrong) == (422, "InvalidValue", "/co_host_contacts/0/organisation")
    assert (await service.organiser.patch(path, {"co_hosts": ["UNDP"]})).status_code == 200
    left = await service.rows("SELECT mobile FROM person WHERE organisation IN ('UNDP', 'MOF')")
    assert [row["mobile"] for row in left] == ["+8562055551008"]


async def test_a_meeting_that_was_opened_keeps_its_answers_whoever_chairs(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path, until=NEVER)
    await service.organiser.patch(path, {"chair": {**CHAIR, "mobile": "020 2999 9002"}, "capacity": 7})
    assert (await service.anybody.post(f"{path}/registrations", answer(1, link=link))).status_code == 201
    seen = (await service.organiser.get(path)).json()
    assert (seen["capacity"], seen["confirmed"], seen["ends_at"][:10]) == (7, 1, END.isoformat()[:10])
