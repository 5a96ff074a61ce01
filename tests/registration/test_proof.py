"""Who speaks for a body: people who register without a link are unproven until somebody answers for them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.registration import main
from services.registration.effects.lapses import lapse_unproven
from services.registration.effects.retention import erase_unproven
from services.registration.settings import RegistrationSettings
from tests.registration.running_service import RegistrationService, answer, code_of, http_application, person, together
from tests.shared.provider import Provider

LATER = timedelta(days=1, minutes=1)
Opened = Callable[..., AbstractAsyncContextManager[RegistrationService]]


@pytest.fixture
def opened(settings_with_database: RegistrationSettings, provider: Provider) -> Opened:
    """The service as one client sees it; of its people without proof so many have a seat."""

    @asynccontextmanager
    async def open_with(*, client: str = "192.0.2.1", seats: int = 10) -> AsyncIterator[RegistrationService]:
        built = main.build(settings_with_database.model_copy(update={"unproven_seats_per_client": seats}))
        await built.database.open()
        transport = httpx.ASGITransport(http_application(built), client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://registration.test") as http:
            yield RegistrationService(built, http, provider)
        await built.database.close()

    return open_with


async def confirmed(service: RegistrationService, seat: dict[str, Any], **headers: str) -> httpx.Response:
    """What he is told who follows the link that was sent to him."""
    token = (await service.own_tokens())[seat["registration_id"]]
    return await service.http.post("/v1/registration/confirm", headers={"Registration-Token": token, **headers})


async def lapsed(service: RegistrationService, *, after: timedelta = LATER) -> None:
    await lapse_unproven(service.database, at=datetime.now(UTC) + after)


async def listed(service: RegistrationService, path: str, **wanted: Any) -> list[tuple[str, bool]]:
    """State and proof of each answer."""
    items = (await service.organiser.get(f"{path}/registrations", **wanted)).json()["items"]
    return [(one["state"], one["proven"]) for one in items]


async def state_of(service: RegistrationService, path: str, seat: dict[str, Any]) -> tuple[str, bool]:
    there = f"{path}/registrations/{seat['registration_id']}"
    view = (await service.http.get(there, headers={"Registration-Code": seat["code"]})).json()
    return view["state"], view["proven"]


async def test_who_registers_without_a_link_has_a_day_to_confirm_it(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    assert (seat["state"], seat["proven"]) == ("confirmed", False)
    left = datetime.fromisoformat(seat["held_until"]) - datetime.now(UTC)
    assert timedelta(hours=23) < left < timedelta(hours=25)
    told = await confirmed(service, seat)
    assert (told.status_code, told.json()["proven"], told.json()["state"]) == (200, True, "confirmed")
    await lapsed(service)
    assert await state_of(service, path, seat) == ("confirmed", True)


async def test_who_confirms_twice_has_confirmed(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    answers = [await confirmed(service, seat) for _ in range(2)]
    assert [one.json() for one in answers] == [answers[0].json()] * 2
    assert await service.value("SELECT count(*) FROM outbox WHERE type LIKE '%participant-proven%'") == 1


async def test_of_whom_nobody_has_answered_for_nothing_is_left_a_month_later(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    kept = await service.registered(path, 2)
    await confirmed(service, kept)
    await lapsed(service)
    named = "SELECT array_agg(given_name) FROM registration JOIN person USING (person_id) WHERE given_name IS NOT NULL"
    ended = datetime.now(UTC) + LATER
    await erase_unproven(service.database, at=ended + timedelta(days=29))
    assert sorted(await service.value(named)) == ["ຄົນທີ 1", "ຄົນທີ 2"]
    for _ in range(2):
        await erase_unproven(service.database, at=ended + timedelta(days=31))
        assert await service.value(named) == ["ຄົນທີ 2"]
    assert await service.value("SELECT count(*) FROM outbox WHERE type LIKE '%person-erased%'") == 1
    erased = await service.value("SELECT person_id FROM person WHERE given_name IS NULL")
    report = (await service.as_("operator").get(f"/v1/persons/{erased}/erasure")).json()
    assert report["erased"]


async def test_lists_of_the_organiser_and_of_a_desk_show_who_is_proven(service: RegistrationService) -> None:
    path = await service.opened()
    seats = [await service.registered(path, number) for number in (1, 2)]
    await confirmed(service, seats[0])
    exported = (await service.organiser.get(f"{path}/registrations.json")).json()
    assert {one["registration_id"]: one["proven"] for one in exported} == {
        seats[0]["registration_id"]: True,
        seats[1]["registration_id"]: False,
    }
    table = (await service.organiser.get(f"{path}/registrations.csv")).text.splitlines()
    assert [line.rpartition(",")[2] for line in table] == ["ຢືນຢັນຕົນແລ້ວ", "ແມ່ນ", "ບໍ່"]
    roster = (await service.as_("desk").get(f"{path}/roster")).json()["items"]
    assert [one["proven"] for one in roster] == [True, False]


async def test_who_does_not_confirm_loses_his_seat_to_the_head_of_the_queue(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    seats = [await service.registered(path, number) for number in range(3)]
    await confirmed(service, seats[1])
    await lapsed(service)
    assert [await state_of(service, path, seat) for seat in seats] == [
        ("withdrawn", False),
        ("confirmed", True),
        ("withdrawn", False),
    ]
    late = await confirmed(service, seats[0])
    assert code_of(late) == (409, "NotSeated", None)
    await lapsed(service)
    assert (await service.statistics(path))["confirmed"] == 1


async def test_nothing_lapses_before_its_time_or_once_the_meeting_has_begun(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await lapsed(service, after=timedelta(hours=23))
    assert await state_of(service, path, seat) == ("confirmed", False)
    await service.organiser.post(f"{path}/start", {"at": "2022-09-19T08:30:00+07:00"})
    await lapsed(service)
    assert await state_of(service, path, seat) == ("confirmed", False)


async def test_whoever_was_let_in_keeps_his_seat(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    assert await service.scanned(path, {"code": seat["code"]}) == [("checked-in", None)]
    await lapsed(service)
    assert await state_of(service, path, seat) == ("confirmed", False)


async def test_a_link_and_an_account_answer_for_people(service: RegistrationService) -> None:
    path = await service.opened()
    by_link = await service.registered(path, 1, link=await service.invited(path))
    await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(2)]})
    assert (by_link["proven"], by_link["held_until"]) == (True, None)
    assert await listed(service, path) == [("confirmed", True)] * 2


async def test_the_organiser_sees_who_is_proven(service: RegistrationService) -> None:
    path = await service.opened()
    seats = [await service.registered(path, number) for number in range(3)]
    await confirmed(service, seats[1])
    assert [len(await listed(service, path, proven=proven)) for proven in (True, False)] == [1, 2]


@pytest.mark.parametrize(("role", "body", "status"), [("organiser", "MTC", 200), ("focal-point", "MOF", 200)])
async def test_the_body_and_the_organiser_vouch(
    role: str, body: str, status: int, service: RegistrationService
) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    there = f"{path}/registrations/{seat['registration_id']}/vouch"
    other = await service.as_("focal-point", body="MOH").post(there)
    assert code_of(other) == (403, "NotPermitted", None)
    assert (await service.as_(role, body=body).post(there)).status_code == status
    await lapsed(service)
    assert await state_of(service, path, seat) == ("confirmed", True)


async def test_where_people_wait_for_their_proof_nobody_has_a_seat_before(service: RegistrationService) -> None:
    path = await service.opened(capacity=1, unproven="waiting", unproven_minutes=60)
    first, second, third = [await service.registered(path, number) for number in range(3)]
    assert (first["state"], first["position"], first["proven"]) == ("awaiting-proof", None, False)
    assert (await service.statistics(path))["confirmed"] == 0
    told = [(await confirmed(service, seat)).json() for seat in (second, first)]
    assert [(one["state"], one["position"]) for one in told] == [("confirmed", None), ("waitlisted", 1)]
    await lapsed(service, after=timedelta(minutes=61))
    assert await state_of(service, path, third) == ("withdrawn", False)
    assert await service.value("SELECT requested FROM meeting") == 0


async def test_a_number_that_waits_for_its_proof_is_not_taken(service: RegistrationService) -> None:
    path = await service.opened(unproven="waiting")
    seats = [await service.registered(path, 1) for _ in range(2)]
    assert (await confirmed(service, seats[1])).json()["state"] == "confirmed"
    assert code_of(await confirmed(service, seats[0])) == (409, "AlreadyRegistered", None)


async def test_a_group_cannot_wait_for_the_proof_of_each(service: RegistrationService) -> None:
    path = await service.opened(unproven="waiting")
    people = {"organisation": "MOF", "people": [person(1), person(2)]}
    assert code_of(await service.anybody.post(f"{path}/groups", people)) == (409, "GroupUnproven", None)
    together_ = {**people, "invitation": await service.invited(path)}
    assert (await service.anybody.post(f"{path}/groups", together_)).status_code == 201


async def test_a_representative_of_somebody_unproven_is_unproven(service: RegistrationService) -> None:
    path = await service.opened()
    instead = await service.sent(path, await service.registered(path, 1), 2)
    await lapsed(service)
    assert await state_of(service, path, instead) == ("withdrawn", False)


async def test_who_comes_back_after_his_registration_has_lapsed_is_unproven_again(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await lapsed(service)
    there = f"{path}/registrations/{seat['registration_id']}/accept"
    back = (await service.anybody.post(there, {"code": seat["code"]})).json()
    assert (back["state"], back["proven"]) == ("confirmed", False)
    await lapsed(service)
    assert await state_of(service, path, seat) == ("withdrawn", False)


async def test_whoever_is_approved_is_vouched_for(service: RegistrationService) -> None:
    path = await service.opened(policy="with-approval")
    seat = await service.registered(path, 1)
    assert await listed(service, path) == [("requested", False)]
    await service.organiser.post(f"{path}/registrations/{seat['registration_id']}/approve")
    await lapsed(service)
    assert await listed(service, path) == [("confirmed", True)]


async def test_a_link_that_is_unknown_confirms_nothing_and_makes_wait(opened: Opened) -> None:
    async with opened() as service:
        headers = {"Registration-Token": "0" * 16}
        answers = [await service.http.post("/v1/registration/confirm", headers=headers) for _ in range(21)]
        assert [code_of(one)[0] for one in answers] == [404] * 20 + [429]


async def test_one_client_cannot_take_all_seats_in_the_name_of_a_ministry(opened: Opened) -> None:
    async with opened(seats=3) as service, opened(client="192.0.2.2", seats=3) as other:
        path = await service.opened(capacity=20)
        sent = [service.anybody.post(f"{path}/registrations", answer(number)) for number in range(15)]
        states = [one.json()["state"] for one in await together(*sent)]
        assert (states.count("confirmed"), states.count("awaiting-proof")) == (3, 12)
        assert (await other.registered(path, 20))["state"] == "confirmed"
        waiting = next(seat for seat in await listed_seats(service, path) if seat["state"] == "awaiting-proof")
        assert (await confirmed(service, waiting)).json()["state"] == "confirmed"
        assert (await service.registered(path, 30))["state"] == "awaiting-proof"


async def listed_seats(service: RegistrationService, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await service.organiser.get(f"{path}/registrations")).json()["items"]
    return found


async def test_of_a_small_meeting_one_client_holds_half_of_the_seats(opened: Opened) -> None:
    async with opened() as service:
        path = await service.opened(capacity=4)
        seats = [await service.registered(path, number) for number in range(4)]
        assert [seat["state"] for seat in seats] == ["confirmed"] * 2 + ["awaiting-proof"] * 2
        await confirmed(service, seats[0])
        assert (await service.registered(path, 5))["state"] == "confirmed"


async def test_by_coming_and_going_one_client_holds_no_more_seats(opened: Opened) -> None:
    async with opened(seats=1) as service:
        path = await service.opened()
        first = await service.registered(path, 1)
        await service.withdrawn(path, first)
        await service.registered(path, 2)
        there = f"{path}/registrations/{first['registration_id']}/accept"
        assert code_of(await service.anybody.post(there, {"code": first["code"]})) == (409, "AnswerFinal", None)
