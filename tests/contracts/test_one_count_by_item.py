"""Who was in the room for an item is one count: registration and the minutes say the same, whatever the scans were."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES
from shared.contracts.ids import derived_id
from tests.contracts.test_one_count import CHAIR, Told, bodies
from tests.minutes.running_service import MinutesService
from tests.registration.running_service import RegistrationService

MINUTE = timedelta(minutes=1)
BEGINS = datetime.now(UTC) - timedelta(hours=6)  # today: of scans of long ago nobody can know when they were made
NUMBERS = ("1", "2", "2.1", "3", "4")
STEPS = (("1", "start"), ("2", "start"), ("2.1", "start"), ("1", "start"), ("1", "finish"), ("3", "start"))
PEOPLE = 30


def at(minute: int) -> str:
    return (BEGINS + minute * MINUTE).isoformat()


def item_id(path: str, number: str) -> UUID:
    return derived_id("agenda item", path.rpartition("/")[2], number)


async def session(service: RegistrationService) -> tuple[str, list[dict[str, Any]]]:
    agenda = [{"number": number, "title": {"lo": "ວາລະ"}} for number in NUMBERS]
    path = await service.opened(agenda=agenda, chair=CHAIR, starts_at=at(0), ends_at=at(240), capacity=PEOPLE)
    seats = [
        await service.registered(path, number, gender="female" if number % 3 else "male") for number in range(PEOPLE)
    ]
    assert (await service.organiser.post(f"{path}/start", {"at": at(0)})).status_code == 200
    return path, seats


async def moves(service: RegistrationService, path: str, seats: Sequence[dict[str, Any]], chance: Random) -> None:
    """People come and go at any minute, told by three desks without a network, each in an order of its own."""
    scans = [
        {
            "nonce": f"{number}-{turn}",
            "scanned_at": at(chance.randrange(60)),
            "registration_id": seat["registration_id"],
        }
        | ({"direction": "exit"} if chance.random() < 0.4 else {})
        for number, seat in enumerate(seats[2:])
        for turn in range(chance.randrange(6))
    ]
    chance.shuffle(scans)
    for desk in range(3):
        batch = {"device": f"desk-{desk}", "offline": True, "scans": scans[desk::3]}
        assert (await service.as_("desk").post(f"{path}/check-ins", batch)).status_code == 200


async def items(service: RegistrationService, path: str, chance: Random) -> None:
    """Item 4 is left out, 2.1 is a part of 2, the meeting returns to 1, and 3 is never finished."""
    for turn, (number, step) in enumerate(STEPS, start=1):
        minute = 8 * turn + chance.randrange(5)
        done = await service.as_("secretary").post(f"{path}/agenda/{item_id(path, number)}/{step}", {"at": at(minute)})
        assert done.status_code == 200, done.text


async def corrections(service: RegistrationService, path: str, seats: Sequence[dict[str, Any]], chance: Random) -> None:
    for seat in chance.sample(list(seats), 12):
        presence = chance.choice(["present", "late", "left-early", "partly", "absent", "excused"])
        about = {"registration_id": seat["registration_id"], "item_id": str(item_id(path, chance.choice(NUMBERS[:4])))}
        told = await service.organiser.post(
            f"{path}/attendance/corrections", {**about, "presence": presence, "reason": "ກວດຄືນ"}
        )
        assert told.status_code == 201, told.text


@pytest.mark.parametrize("seed", range(3))
async def test_registration_and_minutes_count_the_same_people_at_each_item(
    registration_service: RegistrationService, minutes_service: MinutesService, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 -- must repeat itself
    path, seats = await session(registration_service)
    await moves(registration_service, path, seats, chance)
    await items(registration_service, path, chance)
    await corrections(registration_service, path, seats, chance)
    assert (await registration_service.organiser.post(f"{path}/end", {"at": at(90)})).status_code == 200
    told = Told(registration_service, minutes_service, path)
    await minutes_service.receive(*await bodies(registration_service))
    await told.hand_on()
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(UUID(path.rpartition("/")[2])))
    attendance = (await registration_service.as_("chair").get(f"{path}/attendance")).json()["items"]
    by_registration = [
        (one["number"], one["counts"] and (one["counts"]["in_the_room"], one["counts"]["women"])) for one in attendance
    ]
    by_minutes = [
        (one["number"], None if one["present"] is None else (one["present"], one["women"]))
        for one in (await minutes_service.view(told.minutes))["agenda"]
    ]
    assert by_minutes == by_registration
    assert [number for number, counts in by_minutes if counts is None] == ["4"]
