"""With each person is recorded for what, by whom and when his data were collected, and which notice he was shown."""

import json
from typing import Any

import pytest

from services.registration.domain import person as persons
from services.registration.domain.person import Person, RecordPerson
from services.registration.domain.privacy.collecting import collected
from shared.contracts.registration import PersonRecorded
from shared.kernel import Actor, Command, Role
from tests.registration.lists import applied, csv, row
from tests.registration.running_service import START, RegistrationService, answer, code_of, person
from tests.registration.scenario import NOW, named

OUTDATED = "0" * 16
LATER = NOW.replace(year=NOW.year + 1)
COLLECTED = "SELECT given_name, collected ->> 'purpose', collected ->> 'by' FROM person ORDER BY given_name"
UNTOLD = "SELECT count(*) FROM person WHERE collected IS NULL"
SAID = "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'collected' FROM outbox WHERE key = $1"


async def notice(service: RegistrationService) -> str:
    """The version of the notice that holds."""
    version: str = (await service.anybody.get("/v1/privacy-notice")).json()["version"]
    return version


async def own(service: RegistrationService, path: str, seat: dict[str, Any]) -> Any:
    """What a person sees of how his data were collected, by his code and by his link alike."""
    headers = {"Registration-Code": seat["code"]}
    by_code = (await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers=headers)).json()
    token = (await service.own_tokens())[seat["registration_id"]]
    by_link = (await service.http.get("/v1/registration", headers={"Registration-Token": token})).json()
    assert by_code["collected"] == by_link["collected"]
    return by_code["collected"]


async def test_whoever_registers_sees_which_notice_he_was_shown_and_for_what(service: RegistrationService) -> None:
    path, shown = await service.opened(), await notice(service)
    seat = await service.registered(path, 1, notice=shown)
    told = await own(service, path, seat)
    assert (told.pop("at")[:2], told) == ("20", {"purpose": "participation", "by": "person", "notice": shown})
    person_id = await service.value("SELECT person_id::text FROM person WHERE given_name = 'ຄົນທີ 1'")
    assert json.loads(await service.value(SAID, person_id))["notice"] == shown


async def test_who_says_nothing_of_a_notice_was_shown_none(service: RegistrationService) -> None:
    path = await service.opened()
    told = await own(service, path, await service.registered(path, 1))
    assert (told["by"], told["notice"]) == ("person", None)


async def test_of_whom_an_earlier_release_has_recorded_nothing_is_told(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE person SET collected = NULL")
    assert await own(service, path, seat) is None


async def test_a_notice_that_does_not_hold_any_more_must_be_read_anew(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    refused = await service.anybody.post(f"{path}/registrations", answer(1, notice=OUTDATED))
    assert code_of(refused) == (409, "NoticeOutdated", "/person/notice")
    assert refused.json()["details"] == {"current": await notice(service)}
    declined = {**answer(1, link=link, notice=OUTDATED), "reason": "ລາພັກ"}
    assert code_of(await service.anybody.post(f"{path}/declines", declined))[1:] == ("NoticeOutdated", "/person/notice")
    group = {"organisation": "MOF", "people": [person(1), person(2, notice=OUTDATED)]}
    assert code_of(await service.anybody.post(f"{path}/groups", group))[1:] == ("NoticeOutdated", "/people/1/notice")
    chunk = await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(1, notice=OUTDATED)]})
    assert [(one["code"], one["field"]) for one in chunk.json()["details"]["rows"]] == [
        ("NoticeOutdated", "/rows/0/person/notice")
    ]
    assert await service.value("SELECT count(*) FROM registration") == 0


async def test_who_has_told_of_each_person_and_for_what(service: RegistrationService) -> None:
    path = await service.opened(walk_ins=True)
    link = await service.invited(path, seats=5)
    seat = await service.registered(path, 1)
    await service.sent(path, seat, 2)
    group = {"organisation": "MOF", "people": [person(3), person(4)], "invitation": link}
    assert (await service.anybody.post(f"{path}/groups", group)).status_code == 201
    declined = {**answer(5, link=link), "reason": "ລາພັກ"}
    assert (await service.anybody.post(f"{path}/declines", declined)).status_code == 201
    for number, caller in ((6, service.as_("focal-point", body="MOF")), (7, service.organiser)):
        rows = {"rows": [answer(number)]}
        assert (await caller.post(f"{path}/registrations/bulk", rows)).status_code == 201
    await applied(service, path, await service.imported(path, csv(row(8))))
    walk_in = {"given_name": "ຄົນທີ 9", "organisation": "MOF"}
    assert await service.scanned(path, {"walk_in": walk_in, "scanned_at": START.isoformat()}) == [("checked-in", None)]
    took_part = ["person", "organisation", "organisation", "organisation", "person", "organisation"]
    assert [tuple(one) for one in await service.rows(COLLECTED)] == [
        *((f"ຄົນທີ {number}", "participation", by) for number, by in enumerate([*took_part, *["organiser"] * 3], 1)),
        ("ສັນຕິສຸກ", "hosting", "organiser"),
        ("ຫົວໜ້າຫ້ອງການ", "invitation", "organiser"),
    ]


async def test_a_copy_of_a_meeting_keeps_how_its_hosts_were_told_of(service: RegistrationService) -> None:
    path = await service.drafted()
    times = {"starts_at": "2022-10-19T01:30:00Z", "ends_at": "2022-10-19T05:00:00Z"}
    assert (await service.organiser.post(f"{path}/copies", times)).status_code == 201
    assert await service.value(UNTOLD) == 0


async def test_who_is_erased_leaves_nothing_of_how_his_data_were_collected(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1, notice=await notice(service))
    person_id = await service.value("SELECT person_id::text FROM person WHERE given_name = 'ຄົນທີ 1'")
    report = (await service.as_("operator").get(f"/v1/persons/{person_id}/erasure")).json()
    assert [one["what"] for one in report["dropped"] if "privacy notice" in one["what"]] != []
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert await service.value(UNTOLD) == 1


SOMEBODY = Command(actor=Actor(subject="anonymous"), at=NOW)
OFFICE = Command(actor=Actor(subject="o", roles=frozenset({Role.FOCAL_POINT}), organisation="MOF"), at=LATER)
STAFF = Command(actor=Actor(subject="s", roles=frozenset({Role.ORGANISER}), organisation="MTC"), at=LATER)


def keo(by: Command = SOMEBODY, *, shown: str | None = None, **members: Any) -> PersonRecorded:
    """Keo as somebody has told of him."""
    told = {"given_name": "ແກ້ວ", "rank": 80, "mobile": "+8562055551234", "organisation": "MOF", **members}
    how = collected(by, "MOF", himself=True, notice=shown)
    return PersonRecorded(person_id=named("keo"), collected=how, **told)


def after(*told: PersonRecorded, then: PersonRecorded) -> list[PersonRecorded]:
    """What is recorded of the last after the others."""
    known = Person(person_id=named("keo"))
    for one in told:
        known = persons.evolve(known, one)
    return list(persons.decide(known, RecordPerson(actor=SOMEBODY.actor, at=LATER, data=then)))  # type: ignore[arg-type]  # -- no other fact


@pytest.mark.parametrize(("by", "who"), [(SOMEBODY, "person"), (OFFICE, "organisation"), (STAFF, "organiser")])
def test_by_whom(by: Command, who: str) -> None:
    assert collected(by, "MOF", himself=True).by == who
    assert collected(OFFICE, "MOH").by == "organiser"  # who may register people of another body does so as its staff


def test_who_is_told_of_again_with_nothing_new_is_not_recorded_again() -> None:
    assert after(keo(shown="a"), then=keo(STAFF)) == []
    assert after(keo(shown="a"), then=keo(STAFF, shown="a")) == []


def test_another_notice_is_recorded() -> None:
    assert after(keo(shown="a"), then=keo(STAFF, shown="b")) == [keo(STAFF, shown="b")]
    assert after(keo(), then=keo(shown="b")) == [keo(shown="b")]


def test_who_corrects_a_person_does_not_take_away_that_he_was_shown_a_notice() -> None:
    assert after(keo(shown="a"), then=keo(STAFF, rank=70)) == [keo(STAFF, rank=70, shown="a")]
    assert after(keo(), then=keo(STAFF, rank=70)) == [keo(STAFF, rank=70)]


def test_who_was_recorded_by_an_earlier_release_is_recorded_with_the_next_change() -> None:
    earlier = PersonRecorded(**dict(keo()) | {"collected": None})
    assert after(earlier, then=keo(STAFF)) == []
    assert after(earlier, then=keo(STAFF, rank=70)) == [keo(STAFF, rank=70)]
    assert after(keo(), then=PersonRecorded(**dict(earlier) | {"rank": 70})) == [
        PersonRecorded(**dict(earlier) | {"rank": 70})
    ]
