"""Who did what and when: by which link, in which role, for which body; nobody is named."""

from typing import Any

from services.registration.effects.retention import erase_expired
from tests.registration.lists import applied, csv, row
from tests.registration.running_service import INVITED, RegistrationService, answer, code_of, person


async def entries(service: RegistrationService, path: str) -> list[tuple[str, str, str | None, str | None]]:
    """What was done, in which capacity, for which body, and by which account."""
    read = await service.organiser.get(f"{path}/history")
    assert read.headers["cache-control"] == "no-store"
    return [(one["what"], one["acted_as"], one["body"], one["actor"]) for one in read.json()["items"]]


async def own(service: RegistrationService, seat: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """What the person of a registration sees of what was done with it."""
    token = (await service.own_tokens())[seat["registration_id"]]
    read = await service.http.get("/v1/registration/history", headers={"Registration-Token": token})
    assert (read.status_code, read.headers["cache-control"]) == (200, "no-store")
    assert {name for one in read.json()["items"] for name in one} <= {"at", "what", "acted_as", "body"}
    return [(one["what"], one["acted_as"], one["body"]) for one in read.json()["items"]]


async def test_the_organiser_sees_who_acted_in_which_capacity(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1, link=link)
    stranger = await service.registered(path, 2)
    focal_point = service.as_("focal-point", body=INVITED, subject="focal")
    await focal_point.post(f"{path}/registrations/{stranger['registration_id']}/vouch")
    await service.withdrawn(path, seat)
    assert await entries(service, path) == [
        ("meeting-drafted", "organiser", "MTC", "organiser"),
        ("meeting-opened", "organiser", "MTC", "organiser"),
        ("organisation-invited", "organiser", "MTC", "organiser"),
        ("participant-registered", "invitation-link", None, None),
        ("participant-registered", "without-link", None, None),
        ("participant-proven", "focal-point", "MOF", "focal"),
        ("participant-withdrawn", "own-link", None, None),
    ]


async def test_the_person_sees_what_was_done_with_his_registration_and_no_account(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    first, second = [await service.registered(path, number) for number in (1, 2)]
    await service.withdrawn(path, first)
    assert await own(service, first) == [
        ("participant-registered", "without-link", None),
        ("participant-withdrawn", "own-link", None),
    ]
    assert await own(service, second) == [
        ("participant-registered", "without-link", None),
        ("participant-promoted", "system", None),
    ]


async def test_both_sides_of_a_representation_have_an_entry(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    sent = await service.sent(path, seat, 2)
    assert (await own(service, seat))[-1:] == [("participant-represented", "own-link", None)]
    assert await own(service, sent) == [("participant-represented", "represented-person", None)]


async def test_of_many_who_are_registered_or_corrected_at_once_each_has_an_entry(service: RegistrationService) -> None:
    path = await service.opened()
    focal_point = service.as_("focal-point", body=INVITED, subject="focal")
    done = await focal_point.post(f"{path}/registrations/bulk", {"rows": [answer(1), answer(2)]})
    seats = [one["registration_id"] for one in done.json()["rows"]]
    preview = await service.imported(path, csv(row(1, given_name="ຄົນທີ 1", rank=70)))
    await applied(service, path, preview)
    read = [(await service.organiser.get(f"{path}/registrations/{seat}/history")).json()["items"] for seat in seats]
    assert [[(one["what"], one["acted_as"], one["actor"]) for one in items] for items in read] == [
        [("participant-registered", "focal-point", "focal"), ("person-recorded", "organiser", "organiser")],
        [("participant-registered", "focal-point", "focal")],
    ]


async def asked(service: RegistrationService) -> str:
    """The path of an open meeting that asks for a bus."""
    path = await service.opened()
    field = {"name": "bus", "kind": "yes-no", "label": {"lo": "ໄປລົດເມ"}, "retention_days": 3_650}
    assert (await service.organiser.put(f"{path}/form", {"fields": [field]})).status_code == 200
    return path


async def test_answers_that_are_given_or_changed_have_an_entry_and_the_same_answers_none(
    service: RegistrationService,
) -> None:
    path = await asked(service)
    seat = await service.registered(path, 1)
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    for bus in (True, True, False):
        await service.anybody.put(at, {"code": seat["code"], "answers": {"bus": bus}})
    await service.organiser.patch(at, {"answers": {"bus": None}})
    assert await own(service, seat) == [
        ("participant-registered", "without-link", None),
        ("answers-given", "own-link", None),
        ("answers-changed", "own-link", None),
        ("answers-changed", "organiser", "MTC"),
    ]


async def test_a_list_that_changes_answers_has_an_entry_of_whoever_has_sent_it(service: RegistrationService) -> None:
    path = await asked(service)
    seat = await service.registered(path, 1)
    titles, cells = csv(row(1, given_name="ຄົນທີ 1")).decode().splitlines()[:2]
    preview = await service.imported(path, f"{titles},answers.bus\n{cells},yes\n".encode())
    await applied(service, path, preview)
    assert ("answers-given", "organiser", "MTC") in await own(service, seat)


async def test_an_erasure_has_an_entry_that_names_nobody(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    person_id = await service.value("SELECT person_id FROM registration WHERE code = $1", seat["code"])
    operator = service.as_("operator", subject="operations")
    assert (await operator.post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert (await operator.post(f"/v1/persons/{person_id}/erase")).status_code == 404
    assert (await entries(service, path))[-1:] == [("person-erased", "operator", "MTC", "operations")]


async def test_answers_whose_time_is_over_are_erased_with_one_entry_for_the_meeting(
    service: RegistrationService,
) -> None:
    path = await asked(service)
    for number in (1, 2):
        told = await service.anybody.post(f"{path}/registrations", answer(number) | {"answers": {"bus": True}})
        assert told.status_code == 201
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE meeting SET ends_at = now() - interval '3651 days'")
    for _ in range(2):
        await erase_expired(service.database)
    assert [one for one in await entries(service, path) if one[0] == "answers-erased"] == [
        ("answers-erased", "system", None, None)
    ]


async def test_staff_who_use_the_code_of_somebody_act_as_staff(service: RegistrationService) -> None:
    path = await asked(service)
    first, second, third = [await service.registered(path, number) for number in range(3)]
    focal_point = service.as_("focal-point", body=INVITED, subject="focal")
    seats = f"{path}/registrations"
    for caller, seat, act, more in (
        (service.organiser, first, "withdraw", {}),
        (service.organiser, first, "accept", {}),
        (focal_point, second, "representative", {"representative": person(7)}),
    ):
        done = await caller.post(f"{seats}/{seat['registration_id']}/{act}", {"code": seat["code"], **more})
        assert done.status_code in {200, 201}, done.text
    body = {"code": third["code"], "answers": {"bus": True}}
    await service.as_("desk", subject="desk").put(f"{seats}/{third['registration_id']}/answers", body)
    assert (await own(service, first))[1:] == [
        ("participant-withdrawn", "organiser", "MTC"),
        ("participant-reinstated", "organiser", "MTC"),
    ]
    assert (await own(service, second))[1:] == [("participant-represented", "focal-point", INVITED)]
    assert (await own(service, third))[1:] == [("answers-given", "desk", "MTC")]


async def test_an_account_of_another_body_learns_by_a_code_no_more_than_a_stranger(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    mine, _ = [await service.registered(path, number) for number in range(2)]
    at = f"{path}/registrations/{mine['registration_id']}/representative"
    body = {"code": mine["code"], "representative": person(1)}  # his number is registered already
    elsewhere = service.as_("organiser", body="MOH")
    assert (await elsewhere.post(at, body)).status_code == 201


async def test_a_token_that_is_not_valid_is_refused_beside_a_code(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    expired = service.as_("organiser", ttl=-3600.0)
    refused = await expired.post(f"{path}/registrations/{seat['registration_id']}/withdraw", {"code": seat["code"]})
    assert code_of(refused) == (401, "TokenInvalid", None)


async def test_a_long_history_has_pages_and_a_strange_cursor_is_refused(service: RegistrationService) -> None:
    path = await service.opened()
    await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(number) for number in range(5)]})
    found: list[int] = []
    following: dict[str, str] = {}
    for _ in range(3):
        page = (await service.organiser.get(f"{path}/history", limit=3, **following)).json()
        found.append(len(page["items"]))
        following = {"cursor": page["next"]}
    assert following == {"cursor": None}
    assert found == [3, 3, 1]
    assert code_of(await service.organiser.get(f"{path}/history", cursor="AAAA"))[:2] == (422, "InvalidCursor")


async def test_the_history_is_for_the_organiser_and_of_his_own_meeting(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    other = f"{await service.opened()}/registrations/{seat['registration_id']}/history"
    assert code_of(await service.organiser.get(other))[:2] == (404, "NotFound")
    elsewhere = service.as_("organiser", body=INVITED)
    assert code_of(await elsewhere.get(f"{path}/history"))[:2] == (403, "NotPermitted")
    assert code_of(await service.as_("desk").get(f"{path}/history"))[:2] == (403, "NotPermitted")


async def test_nobody_is_named_in_the_history(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    kept = await service.value("SELECT string_agg(to_jsonb(h)::text, ' ') FROM meeting_history h")
    assert [one for one in ("ຄົນທີ", "5555", "link:") if one in kept] == []
