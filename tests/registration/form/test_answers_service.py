"""Answers to a form over HTTP: given with a registration, seen and corrected by person and organiser, erased."""

from typing import Any

import httpx

from services.registration.effects.retention import erase_expired
from tests.registration.form.test_form_service import DAYS, MEAL, WISHES
from tests.registration.running_service import RegistrationService, answer, code_of, person

BUS = {"name": "bus", "kind": "yes-no", "label": {"lo": "ໄປລົດເມ"}}
FORM = [MEAL, WISHES, DAYS, BUS]
ANY = {"meal": "any"}
FIGURES = "SELECT state, field, value, people FROM form_figure WHERE people <> 0 ORDER BY 1, 2, 3"


async def asking(service: RegistrationService, *fields: dict[str, Any], **changes: Any) -> str:
    """The path of an open meeting with this form."""
    path = await service.opened(**changes)
    assert (await service.organiser.put(f"{path}/form", {"fields": fields or FORM})).status_code == 200
    return path


async def registered(service: RegistrationService, path: str, number: int = 0, **answers: Any) -> dict[str, Any]:
    told = await service.anybody.post(f"{path}/registrations", answer(number) | {"answers": answers})
    assert told.status_code == 201, told.text
    seat: dict[str, Any] = told.json()
    return seat


def errors_of(told: httpx.Response) -> list[tuple[str, str]]:
    assert code_of(told)[:2] == (422, "AnswersInvalid")
    return [(one["field"], one["code"]) for one in told.json()["errors"]]


async def own(service: RegistrationService, path: str, seat: dict[str, Any]) -> tuple[Any, ...]:
    headers = {"Registration-Code": seat["code"]}
    told = (await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers=headers)).json()
    return told["form_version"], told["answers"], told["answers_missing"]


async def figures(service: RegistrationService) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await service.rows(FIGURES)]


async def test_answers_are_given_with_the_registration_and_seen_by_the_person(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="  ບໍ່ກິນ\u200bຖົ່ວດິນ ", days=["2", "1"], bus=False)
    kept = {"meal": "other", "wishes": "ບໍ່ກິນຖົ່ວດິນ", "days": ["1", "2"], "bus": False}
    assert await own(service, path, seat) == (1, kept, [])


async def test_what_is_missing_or_does_not_fit_is_refused_field_by_field_in_both_languages(
    service: RegistrationService,
) -> None:
    path = await asking(service)
    told = await service.anybody.post(f"{path}/registrations", answer())
    assert errors_of(told) == [("/answers/meal", "missing")]
    assert (told.json()["field"], told.json().get("details")) == ("/answers/meal", None)
    assert [(one["detail"], one["detail_en"]) for one in told.json()["errors"]] == [
        ("ກະລຸນາໃສ່ຂໍ້ມູນນີ້", "This is required.")
    ]
    wrong = {"meal": "meat", "days": ["4"], "bus": "yes", "hat": True}
    told = await service.anybody.post(f"{path}/registrations", answer() | {"answers": wrong})
    assert errors_of(told) == [
        ("/answers/meal", "enum"),
        ("/answers/days", "enum"),
        ("/answers/bus", "bool_type"),
        ("/answers/hat", "extra_forbidden"),
    ]
    assert await service.value("SELECT count(*) FROM registration") == 0


async def test_a_meeting_without_a_form_takes_no_answers_and_needs_none(service: RegistrationService) -> None:
    path = await service.opened()
    told = await service.anybody.post(f"{path}/registrations", answer() | {"answers": ANY})
    assert errors_of(told) == [("/answers/meal", "extra_forbidden")]
    assert await own(service, path, await registered(service, path, 1)) == (None, {}, [])
    assert await service.value("SELECT count(*) FROM form_answer") == 0


async def test_a_stranger_learns_nothing_of_the_form_of_a_meeting_by_invitation(service: RegistrationService) -> None:
    path = await asking(service, policy="by-invitation")
    told = await service.anybody.post(f"{path}/registrations", answer() | {"answers": {"x": 1}})
    assert code_of(told) == (403, "InvitationNeeded", "/invitation")


async def test_each_person_of_a_group_answers(service: RegistrationService) -> None:
    path = await asking(service)
    people = [person(1) | {"answers": ANY}, person(2)]
    group = {"organisation": "MOF", "people": people}
    assert errors_of(await service.anybody.post(f"{path}/groups", group)) == [("/people/1/answers/meal", "missing")]
    people[1] |= {"answers": {"meal": "other", "wishes": "ເຂົ້າໜຽວ"}}
    told = await service.anybody.post(f"{path}/groups", group)
    assert told.status_code == 201, told.text
    assert [await own(service, path, seat) for seat in told.json()["people"]] == [
        (1, ANY, []),
        (1, {"meal": "other", "wishes": "ເຂົ້າໜຽວ"}, []),
    ]


async def test_a_representative_is_asked_again(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ປາ")
    at = f"{path}/registrations/{seat['registration_id']}/representative"
    body = {"code": seat["code"], "representative": person(5)}
    assert errors_of(await service.anybody.post(at, body)) == [("/answers/meal", "missing")]
    told = await service.anybody.post(at, body | {"answers": ANY})
    assert told.status_code == 201, told.text
    assert await own(service, path, told.json()) == (1, ANY, [])


async def test_staff_register_people_without_knowing_what_they_would_answer(service: RegistrationService) -> None:
    path = await asking(service)
    rows = [answer(1), answer(2) | {"answers": {"bus": True}}, answer(3) | {"answers": {"bus": "?"}}]
    told = await service.organiser.post(f"{path}/registrations/bulk", {"rows": rows})
    assert code_of(told)[:2] == (422, "ChunkRefused")
    (refused,) = told.json()["details"]["rows"]
    assert (refused["row"], refused["code"], refused["field"]) == (2, "AnswersInvalid", "/answers/bus")
    assert [(one["field"], one["code"]) for one in refused["errors"]] == [("/answers/bus", "bool_type")]
    told = await service.organiser.post(f"{path}/registrations/bulk", {"rows": rows[:2]})
    assert [await own(service, path, seat) for seat in told.json()["rows"]] == [
        (None, {}, ["meal"]),
        (1, {"bus": True}, ["meal"]),
    ]


async def test_a_person_answers_anew_with_his_code(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ປາ")
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    wrong = await service.anybody.put(at, {"code": "ZZZZZZ", "answers": ANY})
    assert code_of(wrong) == (403, "NotPermitted", "/code")
    assert errors_of(await service.anybody.put(at, {"code": seat["code"], "answers": {}})) == [
        ("/answers/meal", "missing")
    ]
    told = await service.anybody.put(at, {"code": seat["code"], "answers": {"meal": "any", "days": ["2"]}})
    assert told.status_code == 200, told.text
    assert (told.json()["answers"], told.json()["missing"]) == ({"meal": "any", "days": ["2"]}, [])
    assert await own(service, path, seat) == (1, {"meal": "any", "days": ["2"]}, [])


async def test_who_has_withdrawn_has_nothing_to_answer(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="any")
    await service.withdrawn(path, seat)
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    told = await service.anybody.put(at, {"code": seat["code"], "answers": ANY})
    assert code_of(told) == (409, "NotSeated", None)
    assert await own(service, path, seat) == (1, ANY, [])


async def test_the_organiser_corrects_some_answers_of_somebody(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ປາ", bus=True)
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    assert errors_of(await service.organiser.patch(at, {"answers": ANY})) == [("/answers/wishes", "answer_not_asked")]
    told = await service.organiser.patch(at, {"answers": {"meal": "any", "wishes": None}})
    assert told.json()["answers"] == {"meal": "any", "bus": True}
    read = await service.organiser.get(at)
    assert (read.json(), read.headers["cache-control"]) == (told.json(), "no-store")
    assert code_of(await service.as_("organiser", body="MOF").get(at))[:2] == (403, "NotPermitted")


async def test_each_answer_knows_the_version_to_which_it_was_given(service: RegistrationService) -> None:
    path = await asking(service)
    first = await registered(service, path, 1, meal="any")
    late = {"name": "arrival", "kind": "date", "label": {"lo": "ວັນທີມາຮອດ"}, "required": True}
    assert (await service.organiser.put(f"{path}/form", {"fields": [*FORM, late]})).json()["form_version"] == 2
    second = await registered(service, path, 2, meal="any", arrival="໒໐໒໖-໑໑-໒໖")
    assert await own(service, path, first) == (1, ANY, ["arrival"])
    assert await own(service, path, second) == (2, ANY | {"arrival": "2026-11-26"}, [])


async def test_no_answer_is_lost_when_the_form_changes_unless_the_organiser_says_so(
    service: RegistrationService,
) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ປາ", days=["1"])
    form = f"{path}/form"
    told = await service.organiser.put(form, {"fields": [MEAL, DAYS, BUS]})
    assert code_of(told) == (409, "FieldAnswered", "/fields")
    assert told.json()["details"] == {"name": "wishes", "answers": 1}
    fewer = MEAL | {"choices": MEAL["choices"][:1]}
    assert code_of(await service.organiser.put(form, {"fields": [fewer, *FORM[1:]]}))[:2] == (422, "ConditionUnfit")
    without = {"fields": [fewer, DAYS], "erase_answers": ["wishes"]}
    assert code_of(await service.organiser.put(form, without)) == (409, "ChoiceTaken", "/fields/0/choices")
    assert await own(service, path, seat) == (1, {"meal": "other", "wishes": "ປາ", "days": ["1"]}, [])
    told = await service.organiser.put(form, {"fields": [MEAL, DAYS], "erase_answers": ["wishes"]})
    assert told.status_code == 200, told.text
    assert await own(service, path, seat) == (1, {"meal": "other", "days": ["1"]}, [])
    assert ("confirmed", "wishes", "", 1) not in await figures(service)


async def test_choices_are_counted_by_state_and_move_with_the_person(service: RegistrationService) -> None:
    path = await asking(service, capacity=1)
    seat = await registered(service, path, 1, meal="other", wishes="ປາ")
    await registered(service, path, 2, meal="any", bus=True)
    other = [("meal", "", 1), ("meal", "other", 1), ("wishes", "", 1)]
    bus = [("bus", "", 1), ("bus", "true", 1), ("meal", "", 1), ("meal", "any", 1)]
    assert await figures(service) == [("confirmed", *row) for row in other] + [("waitlisted", *row) for row in bus]
    await service.withdrawn(path, seat)
    assert await figures(service) == [("confirmed", *row) for row in bus] + [("withdrawn", *row) for row in other]


async def test_answers_are_in_no_fact_and_in_no_log(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ຄຳຕອບລັບ")
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    assert (await service.organiser.patch(at, {"answers": {"wishes": "ຄຳຕອບລັບ2"}})).status_code == 200
    told = "SELECT count(*) FROM outbox WHERE position(convert_to($1, 'UTF8') IN payload) > 0"
    assert (await service.value(told, "ຄຳຕອບລັບ"), await service.value(told, seat["registration_id"])) == (0, 1)


async def test_an_erasure_takes_the_answers_along(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, meal="other", wishes="ປາ")
    person_id = await service.value("SELECT person_id FROM registration WHERE code = $1", seat["code"])
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert await service.value("SELECT count(*) FROM form_answer") == 0
    assert await figures(service) == []
    report = (await service.as_("operator").get(f"/v1/persons/{person_id}/erasure")).json()
    assert report["dropped"][0]["what"].endswith("his forms")


async def moved(service: RegistrationService, ago: str) -> None:
    """Let the meeting have ended so long ago."""
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE meeting SET ends_at = now() - $1::text::interval", ago)


async def test_choices_are_figures_for_staff_but_not_those_that_are_personal_data(service: RegistrationService) -> None:
    diet = MEAL | {"name": "diet", "personal_data": True}
    path = await asking(service, MEAL, diet, BUS)
    await registered(service, path, 1, meal="any", diet="other", bus=True)
    await registered(service, path, 2, meal="any", diet="any")
    assert (await service.statistics(path))["breakdown"]["answers"] == {
        "bus": {"true": {"confirmed": 1}},
        "meal": {"any": {"confirmed": 2}},
    }


async def test_answers_are_erased_when_their_time_is_over_and_not_before(service: RegistrationService) -> None:
    path = await asking(service, MEAL | {"retention_days": 0}, WISHES, BUS | {"retention_days": 3_650})
    seat = await registered(service, path, 1, meal="other", wishes="ປາ", bus=True)
    await moved(service, "-1 hour")
    await erase_expired(service.database)
    assert (await own(service, path, seat))[1] == {"meal": "other", "wishes": "ປາ", "bus": True}
    await moved(service, "1 hour")
    await erase_expired(service.database)
    assert (await own(service, path, seat))[1] == {"wishes": "ປາ", "bus": True}
    await moved(service, "7 days 1 hour")
    await erase_expired(service.database)
    assert (await own(service, path, seat))[1] == {"bus": True}
    assert await figures(service) == [("confirmed", "bus", "", 1), ("confirmed", "bus", "true", 1)]
