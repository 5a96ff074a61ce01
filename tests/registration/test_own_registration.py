"""What somebody who has answered sees of his own answer, with its code and without an account."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.registration.running_service import START, RegistrationService, code_of, person


async def seen(
    service: RegistrationService, path: str, seat: dict[str, Any], *, code: str | None = None
) -> httpx.Response:
    """The answer to whoever shows `code`, by default the code of the seat."""
    shown = {"Registration-Code": code or seat["code"]}
    return await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers=shown)


async def test_a_person_with_a_seat_sees_his_ticket_and_the_meeting(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    assert (await seen(service, path, seat)).json()["ticket"] is None  # it is not signed yet
    await service.worked()
    answer = await seen(service, path, seat)
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert {name: told[name] for name in ("state", "place", "promoted", "given_name", "checked_in_at")} == {
        "state": "confirmed",
        "place": None,
        "promoted": False,
        "given_name": "ຄົນທີ 1",
        "checked_in_at": None,
    }
    assert told["ticket"] == (await service.tickets())[seat["registration_id"]]
    assert (told["meeting"]["title"]["lo"], told["meeting"]["phase"]) == ("ກອງປະຊຸມປຶກສາຫາລື", "open")
    assert await service.scanned(path, {"ticket": told["ticket"]}) == [("checked-in", None)]
    assert (await seen(service, path, seat)).json()["checked_in_at"] is not None


async def test_a_place_in_the_queue_is_one_more_than_the_people_before(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    seats = [await service.registered(path, number) for number in range(4)]
    assert [(await seen(service, path, seat)).json()["place"] for seat in seats] == [None, 1, 2, 3]
    await service.withdrawn(path, seats[0])
    again = await service.registered(path, 9)
    told = [(await seen(service, path, seat)).json() for seat in (*seats, again)]
    assert [(one["state"], one["place"], one["promoted"]) for one in told] == [
        ("withdrawn", None, False),
        ("confirmed", None, True),
        ("waitlisted", 1, False),
        ("waitlisted", 2, False),
        ("waitlisted", 3, False),
    ]


async def test_after_a_move_the_meeting_and_the_ticket_are_the_new_ones(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await service.worked()
    before = (await seen(service, path, seat)).json()["ticket"]
    later = START + timedelta(days=1)
    schedule = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=2)).isoformat()}
    moved = await service.organiser.post(f"{path}/reschedule", {**schedule, "venue": {"lo": "ຫ້ອງໃໝ່"}})
    assert moved.status_code == 200
    await service.worked()
    told = (await seen(service, path, seat)).json()
    assert (told["meeting"]["starts_at"], told["meeting"]["venue"]["lo"]) == ("2022-09-20T01:30:00Z", "ຫ້ອງໃໝ່")
    assert (told["ticket"] != before, told["ticket"]) == (True, (await service.tickets())[seat["registration_id"]])


async def test_a_representative_sees_whose_place_he_takes(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    instead = await service.sent(path, seat, 2)
    assert (await seen(service, path, seat)).json()["state"] == "represented"
    told = (await seen(service, path, instead)).json()
    assert (told["state"], told["represents"], told["given_name"]) == (
        "confirmed",
        seat["registration_id"],
        person(2)["given_name"],
    )


@pytest.mark.parametrize("spelled", ["{0}", " {0}\t", "{1}", "{2}"], ids=["as issued", "spaces", "lower", "hyphen"])
async def test_a_code_is_read_in_any_case_and_spacing(shared_service: RegistrationService, spelled: str) -> None:
    path = await shared_service.opened()
    seat = await shared_service.registered(path, 1)
    code = seat["code"]
    shown = spelled.format(code, code.lower(), f"{code[:3]}-{code[3:]}")
    assert (await seen(shared_service, path, seat, code=shown)).status_code == 200


async def test_who_does_not_know_the_code_sees_nothing_and_has_to_wait(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    wrong = [await seen(service, path, seat, code="222222") for _ in range(8)]
    assert code_of(wrong[0]) == (403, "NotPermitted", "/code")
    assert code_of(wrong[-1])[:2] == (429, "TooManyRequests")
    elsewhere = await service.opened()
    assert code_of(await seen(service, elsewhere, await service.registered(path, 2)))[:2] == (404, "NotFound")
    unreadable = await service.http.get(f"{path}/registrations/{seat['registration_id']}")
    assert code_of(unreadable)[:2] == (422, "InvalidRequest")
