"""Nobody learns from an anonymous route whether a number or an address is registered."""

from typing import Any

import pytest

from services.registration.api.limits import AnswerLimits
from services.registration.api.person_input import PersonInput
from shared.contracts.ids import new_id
from shared.http.rate_limits import TooManyRequests
from shared.settings import SmsSettings
from tests.registration.running_service import RegistrationService, answer, code_of, person

FACTS = "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'registration_id' FROM outbox WHERE type = $1"
REPEATED = "registration.registration-repeated.v1"
LATER = "UPDATE registration SET answered_at = now() - interval '2 hours'"


async def told_again(service: RegistrationService) -> list[str]:
    """Whose people were told that somebody has registered with their number."""
    return [row[0] for row in await service.rows(f"{FACTS} ORDER BY id", REPEATED)]


def alike(told: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is drawn by chance."""
    return {name: value for name, value in told.items() if name not in {"registration_id", "code", "held_until"}}


async def earlier(service: RegistrationService) -> None:
    """What was answered so far was answered long ago."""
    async with service.database.transaction() as connection:
        await connection.execute(LATER)


@pytest.mark.parametrize("policy", ["open", "with-approval"])
@pytest.mark.parametrize("contact", [{}, {"email": "keo@example.la", "mobile": None}])
async def test_a_stranger_is_answered_alike_for_a_number_that_is_registered(
    policy: str, contact: dict[str, Any], service: RegistrationService
) -> None:
    path = await service.opened(policy=policy)
    seat = await service.registered(path, 1, **contact)
    await earlier(service)
    known, unknown = await service.registered(path, 1, **contact), await service.registered(path, 2)
    assert alike(known) == alike(unknown)
    assert await told_again(service) == [seat["registration_id"]]


async def test_what_a_stranger_reads_afterwards_is_alike(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    seats = [await service.registered(path, number) for number in (1, 2)]
    await service.worked()
    views = []
    for seat in seats:
        headers = {"Registration-Code": seat["code"]}
        view = (await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers=headers)).json()
        assert view.pop("ticket") is not None
        assert view["collected"].pop("at") is not None
        views.append({name: value for name, value in alike(view).items() if name not in {"given_name", "answered_at"}})
    assert views[0] == views[1]
    for seat in seats:
        await service.withdrawn(path, seat)
        there = f"{path}/registrations/{seat['registration_id']}/accept"
        assert (await service.anybody.post(there, {"code": seat["code"]})).json()["state"] == "confirmed"


async def test_the_person_is_told_at_most_once_an_hour(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    await service.registered(path, 1)
    assert await told_again(service) == []  # he was told when he registered
    await earlier(service)
    for _ in range(3):
        await service.registered(path, 1)
    assert len(await told_again(service)) == 1


async def test_by_the_link_of_another_body_nothing_is_learnt(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1, link=await service.invited(path))
    await earlier(service)
    other = await service.invited(path, body="MOH")
    assert (await service.registered(path, 1, body="MOH", link=other))["state"] == "confirmed"
    assert await told_again(service) == [seat["registration_id"]]


async def test_a_decline_for_another_body_tells_nothing(service: RegistrationService) -> None:
    path = await service.opened()
    links = {body: await service.invited(path, body=body) for body in ("MOF", "MOH", "MOES")}
    await service.registered(path, 1, link=links["MOF"])
    for body in ("MOH", "MOES"):
        declined = {**answer(1, body=body, link=links[body]), "reason": "ລາພັກ"}
        assert (await service.anybody.post(f"{path}/declines", declined)).status_code == 201
    seat = await service.registered(path, 1, body="MOH", link=links["MOH"])
    declining = {"code": seat["code"], "reason": "ລາພັກ"}
    there = f"{path}/registrations/{seat['registration_id']}/decline"
    assert (await service.anybody.post(there, declining)).status_code == 200


async def test_a_stranger_cannot_take_over_an_answer_that_was_no(service: RegistrationService) -> None:
    path = await service.opened()
    declined = {**answer(1, link=await service.invited(path)), "reason": "ລາພັກ"}
    no = (await service.anybody.post(f"{path}/declines", declined)).json()
    yes = await service.registered(path, 1)
    assert yes["registration_id"] != no["registration_id"]
    headers = {"Registration-Code": no["code"]}
    seen = await service.http.get(f"{path}/registrations/{no['registration_id']}", headers=headers)
    assert (seen.status_code, seen.json()["state"]) == (200, "declined")


async def test_as_a_representative_nobody_is_found_out(service: RegistrationService) -> None:
    path = await service.opened()
    for number in (1, 2):
        await service.registered(path, number)
    seat = await service.registered(path, 1)  # by a stranger, with the number of another one
    there = f"{path}/registrations/{seat['registration_id']}/representative"
    himself = await service.anybody.post(there, {"code": seat["code"], "representative": person(1)})
    assert code_of(himself)[1] == "AlreadyRegistered"
    assert (await service.sent(path, seat, 2))["state"] == "confirmed"


async def test_of_a_group_nobody_is_found_out_and_two_with_one_number_are_refused(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    people = {"organisation": "MOF", "people": [person(1), person(2)]}
    told = await service.anybody.post(f"{path}/groups", people)
    known, unknown = [alike(one) for one in told.json()["people"]]
    assert (told.status_code, known) == (201, unknown)
    twice = {"organisation": "MOF", "people": [person(5), person(5)]}
    assert code_of(await service.anybody.post(f"{path}/groups", twice)) == (409, "AlreadyRegistered", "/people/1")


async def test_whoever_is_known_is_told(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    link = await service.invited(path)
    by_link = await service.anybody.post(f"{path}/registrations", answer(1, link=link))
    assert code_of(by_link) == (409, "AlreadyRegistered", None)
    chunk = await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(1)]})
    assert [row["code"] for row in chunk.json()["details"]["rows"]] == ["AlreadyRegistered"]


async def test_the_organiser_sees_who_was_registered_twice(service: RegistrationService) -> None:
    path = await service.opened()
    first, second = [await service.registered(path, 1) for _ in range(2)]
    listed = (await service.organiser.get(f"{path}/registrations")).json()["items"]
    same = {one["registration_id"]: one["same_contact_as"] for one in listed}
    assert same == {first["registration_id"]: None, second["registration_id"]: first["registration_id"]}


def test_how_often_others_have_answered_for_a_number_is_not_found_out() -> None:
    limits = AnswerLimits(per_link=9, per_meeting=9, per_contact=1, drafts=1)
    meeting_id, keo = new_id(), PersonInput(**person(1)).checked(new_id(), "MOF", field="", sms=SmsSettings())
    limits.answered(meeting_id, keo, client="192.0.2.1")
    limits.answering(meeting_id, keo, client="192.0.2.2", link=None)
    with pytest.raises(TooManyRequests):
        limits.answering(meeting_id, keo, client="192.0.2.1", link=None)
