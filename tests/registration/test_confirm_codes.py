"""Confirming by the six digits of a message: as good as its link, for an hour and five tries, and no help to guess."""

import json
from typing import Any

import httpx
import pytest

from services.registration.settings import RegistrationSettings
from services.registration.store.proof import take_try
from tests.registration.conftest import opened_service
from tests.registration.running_service import RegistrationService, answer, code_of, person, together
from tests.shared.provider import Provider

PAYLOADS = "SELECT convert_from(payload, 'UTF8') FROM outbox WHERE payload IS NOT NULL ORDER BY id"
TRIES = "SELECT confirm_tries FROM registration WHERE registration_id = $1::uuid"
EARLIER = "UPDATE registration SET answered_at = answered_at - interval '61 minutes'"


async def digits_of(service: RegistrationService, seat: dict[str, Any]) -> str:
    """The digits that notification tells the person."""
    facts = [json.loads(row[0]) for row in await service.rows(PAYLOADS)]
    sealed = [one["sealed_confirm_code"] for one in facts if one.get("registration_id") == seat["registration_id"]]
    digits: str = service.built.state["dependencies"].sealer.open(next(one for one in sealed if one))
    return digits


def other(digits: str) -> str:
    """Other digits than these."""
    return f"{(int(digits) + 1) % 1_000_000:06}"


async def typed(
    service: RegistrationService, path: str, seat: dict[str, Any], digits: str, **codes: str
) -> httpx.Response:
    """What is answered to whoever types the digits where he has registered."""
    there = f"{path}/registrations/{seat['registration_id']}/confirm"
    return await service.anybody.post(there, {"code": seat["code"], "confirm_code": digits, **codes})


async def by_link(service: RegistrationService, seat: dict[str, Any]) -> httpx.Response:
    token = (await service.own_tokens())[seat["registration_id"]]
    return await service.http.post("/v1/registration/confirm", headers={"Registration-Token": token})


async def test_the_digits_confirm_as_the_link_does(service: RegistrationService) -> None:
    path = await service.opened()
    seats = [await service.registered(path, number) for number in (1, 2)]
    told = await typed(service, path, seats[0], await digits_of(service, seats[0]))
    linked = (await by_link(service, seats[1])).json()
    assert told.status_code == 200
    assert told.json() == {**linked, "registration_id": seats[0]["registration_id"]}
    proofs = await service.rows("SELECT proof, held_until, confirm_code FROM registration")
    assert [tuple(one) for one in proofs] == [("contact", None, None)] * 2
    histories = [
        (await service.organiser.get(f"{path}/registrations/{seat['registration_id']}/history")).json()["items"]
        for seat in seats
    ]
    acts = [{(one["what"], one["acted_as"]) for one in items} for items in histories]
    assert acts[0] == acts[1]


@pytest.mark.parametrize("written", ["{0} {1}", " {0}-{1}\r\n", "lao"])
async def test_digits_are_taken_as_people_type_them(written: str, service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    digits = await digits_of(service, seat)
    lao = digits.translate({ord(str(each)): chr(0x0ED0 + each) for each in range(10)})
    shown = lao if written == "lao" else written.format(digits[:3], digits[3:])
    assert (await typed(service, path, seat, shown)).json()["proven"] is True


async def test_who_waits_for_his_proof_has_a_seat_by_the_digits(service: RegistrationService) -> None:
    path = await service.opened(unproven="waiting")
    seat = await service.registered(path, 1)
    assert seat["state"] == "awaiting-proof"
    told = await typed(service, path, seat, await digits_of(service, seat))
    assert (told.json()["state"], told.json()["position"]) == ("confirmed", None)


async def test_whoever_asks_for_a_seat_or_comes_in_a_group_has_digits_of_his_own(service: RegistrationService) -> None:
    asked = await service.opened(policy="with-approval")
    seat = await service.registered(asked, 1)
    assert (await typed(service, asked, seat, await digits_of(service, seat))).json()["state"] == "requested"
    path = await service.opened()
    body = {"organisation": "MOF", "people": [person(1), person(2)]}
    for one in (await service.anybody.post(f"{path}/groups", body)).json()["people"]:
        assert (await typed(service, path, one, await digits_of(service, one))).json()["proven"] is True


async def test_who_confirms_twice_has_confirmed_whatever_he_types_then(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    digits = await digits_of(service, seat)
    first, again = [await typed(service, path, seat, each) for each in (digits, other(digits))]
    assert (first.status_code, again.json()) == (200, first.json())


async def test_after_five_wrong_tries_in_whatever_process_only_the_link_confirms(
    service: RegistrationService, settings_with_database: RegistrationSettings, provider: Provider
) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    digits = await digits_of(service, seat)
    for _ in range(4):
        assert code_of(await typed(service, path, seat, other(digits))) == (403, "NotPermitted", "/confirm_code")
    async with opened_service(settings_with_database, provider) as elsewhere:
        assert code_of(await typed(elsewhere, path, seat, other(digits)))[1:] == ("NotPermitted", "/confirm_code")
        assert code_of(await typed(elsewhere, path, seat, digits)) == (409, "ConfirmCodeUnusable", None)
    assert (await by_link(service, seat)).json()["proven"] is True


async def test_who_guesses_many_times_at_once_has_no_more_tries(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)

    async def guess() -> str | None:
        async with service.database.transaction() as connection:
            return await take_try(connection, seat["registration_id"], most=5)

    taken = await together(*(guess() for _ in range(20)))
    assert len([one for one in taken if one]) == 5


async def test_the_digits_hold_for_an_hour(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    async with service.database.transaction() as connection:
        await connection.execute(EARLIER)
    told = await typed(service, path, seat, await digits_of(service, seat))
    assert code_of(told) == (409, "ConfirmCodeUnusable", None)
    assert (await by_link(service, seat)).json()["proven"] is True


async def test_without_the_code_of_the_registration_the_digits_are_not_looked_at(service: RegistrationService) -> None:
    path = await service.opened()
    seat, neighbour = [await service.registered(path, number) for number in (1, 2)]
    digits = await digits_of(service, seat)
    assert code_of(await typed(service, path, seat, digits, code=neighbour["code"])) == (403, "NotPermitted", "/code")
    assert await service.value(TRIES, seat["registration_id"]) == 0
    elsewhere = await service.opened()
    assert code_of(await typed(service, elsewhere, seat, digits)) == (404, "NotFound", None)


async def test_a_registration_with_the_number_of_somebody_else_is_answered_alike(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    known, unknown = await service.registered(path, 1), await service.registered(path, 2)
    answers = [
        code_of(await typed(service, path, seat, other(await digits_of(service, seat)))) for seat in (known, unknown)
    ]
    assert answers == [(403, "NotPermitted", "/confirm_code")] * 2


async def test_digits_are_nowhere_in_plain_and_whoever_is_known_has_none(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1)
    digits = await digits_of(service, seat)
    rows = await service.rows("SELECT to_jsonb(registration)::text FROM registration")
    written = [row[0].replace(seat["registration_id"], "") for row in [*rows, *await service.rows(PAYLOADS)]]
    assert [one for one in written if f'"{digits}"' in one] == []
    await service.registered(path, 2, link=link)
    assert (await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(3)]})).status_code == 201
    facts = [json.loads(row[0]) for row in await service.rows(PAYLOADS)]
    sealed = [bool(one["sealed_confirm_code"]) for one in facts if "sealed_confirm_code" in one]
    assert sealed == [True, False, False]


async def test_who_was_registered_by_an_earlier_release_confirms_by_the_link(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE registration SET confirm_code = NULL")
    assert code_of(await typed(service, path, seat, "000000")) == (409, "ConfirmCodeUnusable", None)
    assert (await by_link(service, seat)).json()["proven"] is True


async def test_digits_that_were_sealed_with_a_key_that_is_gone_are_not_used(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE registration SET confirm_code = 'sealed with another key'")
    assert code_of(await typed(service, path, seat, "000000")) == (409, "ConfirmCodeUnusable", None)


@pytest.mark.parametrize("digits", ["12345", "1234567", "12345A", "", "123 45 x"])
async def test_what_is_not_six_digits_is_no_try(digits: str, shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seat = await shared_service.registered(path, 1)
    assert code_of(await typed(shared_service, path, seat, digits))[1:] == ("InvalidRequest", "/confirm_code")
    assert await shared_service.value(TRIES, seat["registration_id"]) == 0
