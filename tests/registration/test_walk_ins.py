"""Walk-ins: people who have not registered and stand at the door."""

import asyncio
import json
from typing import Any

import pytest

from shared.contracts.registration import Admission, CheckInRefusal, ParticipantReinstated
from tests.registration.commands import walk_in
from tests.registration.facts import (
    cancelled,
    closed,
    declined,
    held,
    opened,
    registered,
    reinstated,
    represented,
    started,
    waiting,
    withdrawn,
)
from tests.registration.request_facts import requested
from tests.registration.running_service import START as BEGINS
from tests.registration.running_service import RegistrationService, code_of, person
from tests.registration.scan_facts import came, came_back, turned_away, walked_in, went_out
from tests.registration.scenario import (
    END,
    KEO,
    NOY,
    START,
    Somebody,
    Step,
    after,
    jobs_after,
    meeting_after,
)

ALLOWED = opened(seats=1, admission=Admission(walk_ins=True))
STRANGER: dict[str, Any] = {"given_name": "ແກ້ວ", "family_name": "ສົມພອນ", "gender": "female"}


def test_who_has_not_registered_gets_a_seat_and_is_in() -> None:
    assert after(*ALLOWED, command=walk_in(KEO)) == walked_in(KEO)


def test_who_comes_when_no_seat_is_free_is_counted_over_the_capacity_and_evicts_nobody() -> None:
    steps: list[Step] = [ALLOWED, registered(NOY)]
    facts = walked_in(KEO, over=True)
    assert after(*steps, command=walk_in(KEO)) == facts
    assert meeting_after(*steps, facts).confirmed == 2


def test_a_walk_in_is_inside_and_gets_no_ticket() -> None:
    assert jobs_after(ALLOWED, walked_in(KEO)[:1]) == []


NOT_LET_IN: dict[str, tuple[list[Step], CheckInRefusal]] = {
    "to a meeting without walk-ins": ([opened()], "unknown"),
    "to a cancelled meeting": ([ALLOWED, cancelled()], "cancelled"),
    "after the session": ([ALLOWED, started(), held()], "blocked"),
}


@pytest.mark.parametrize(("steps", "reason"), NOT_LET_IN.values(), ids=NOT_LET_IN.keys())
def test_nobody_walks_in(steps: list[Step], reason: CheckInRefusal) -> None:
    refused = turned_away(None, reason)
    assert after(*steps, command=walk_in(KEO)) == [refused]


def test_a_walk_in_hours_before_the_meeting_is_too_early() -> None:
    early = START.replace(hour=START.hour - 1, day=START.day - 1)
    assert after(ALLOWED, command=walk_in(KEO, at=early)) == [turned_away(None, "too-early", at=early)]


def test_whom_an_offline_desk_has_let_in_is_never_lost() -> None:
    for steps, instead in (([ALLOWED, started(), held()], None), ([opened()], "unknown")):
        facts = walked_in(KEO, offline=True, instead=instead)
        assert after(*steps, command=walk_in(KEO, offline=True)) == facts
    over: list[Step] = [ALLOWED, started(), held(), closed()]
    assert after(*over, command=walk_in(KEO, offline=True)) == [turned_away(None, "blocked", offline=True)]


KNOWN: dict[str, tuple[list[Step], CheckInRefusal]] = {
    "who waits": ([registered(NOY), waiting(KEO, 1)], "not-confirmed"),
    "who waits for approval": ([requested(KEO)], "not-confirmed"),
    "who is represented": ([registered(KEO), represented(KEO, by=NOY)], "revoked"),
}


@pytest.mark.parametrize(("steps", "reason"), KNOWN.values(), ids=KNOWN.keys())
def test_who_is_known_already_is_let_in_as_himself_or_not_at_all(steps: list[Step], reason: CheckInRefusal) -> None:
    assert after(ALLOWED, *steps, command=walk_in(KEO)) == [turned_away(KEO, reason)]
    facts = [came(KEO, offline=True, method="walk-in", instead=reason)]
    assert after(ALLOWED, *steps, command=walk_in(KEO, offline=True)) == facts


def test_who_has_registered_and_forgotten_it_keeps_his_seat() -> None:
    assert after(ALLOWED, registered(KEO), command=walk_in(KEO)) == [came(KEO, method="walk-in")]


@pytest.mark.parametrize(
    "given_up", [[registered(KEO), withdrawn(KEO)], [declined(KEO)]], ids=["withdrawn", "declined"]
)
def test_who_had_given_up_his_seat_takes_part_after_all(given_up: list[Step]) -> None:
    told = {**dict(reinstated(KEO)), "walk_in": True}
    assert after(ALLOWED, *given_up, command=walk_in(KEO)) == [
        ParticipantReinstated(**told),
        came(KEO, method="walk-in"),
    ]


def test_a_walk_in_who_went_out_and_gave_up_his_seat_has_returned() -> None:
    steps: list[Step] = [ALLOWED, registered(KEO), came(KEO, nonce="0"), went_out(KEO, at=START), withdrawn(KEO)]
    back = came_back(KEO, at=END, nonce="2", method="walk-in")
    told = {**dict(reinstated(KEO)), "walk_in": True}
    assert after(*steps, command=walk_in(KEO, at=END, nonce="2")) == [ParticipantReinstated(**told), back]


def test_the_same_scan_of_a_walk_in_changes_nothing() -> None:
    assert after(ALLOWED, walked_in(KEO), command=walk_in(KEO)) == []


def test_two_offline_desks_that_let_in_the_same_stranger_count_him_once() -> None:
    twice = walk_in(KEO, offline=True, nonce="2")
    assert after(ALLOWED, walked_in(KEO, offline=True), command=twice) == [
        turned_away(KEO, "already-in", offline=True, nonce="2")
    ]


def test_a_stranger_below_the_lowest_rank_is_let_in() -> None:
    low = Somebody("low", rank=100)
    allowed = opened(rank_floor=50, admission=Admission(walk_ins=True))
    assert after(allowed, command=walk_in(low)) == walked_in(low)


async def opened_to_all(service: RegistrationService, **members: Any) -> str:
    return await service.opened(walk_ins=True, **members)


async def told(service: RegistrationService, path: str, *scans: Any, **batch: Any) -> list[dict[str, Any]]:
    """The results of scans of one desk; each scan is told apart by its place."""
    known = {"scanned_at": BEGINS.isoformat()}
    listed = [{"nonce": f"w{number}", **known, **scan} for number, scan in enumerate(scans)]
    done = await service.as_("desk").post(f"{path}/check-ins", {"device": "desk-1", "scans": listed, **batch})
    assert done.status_code == 200, done.text
    results: list[dict[str, Any]] = done.json()["results"]
    return results


async def test_a_walk_in_without_a_telephone_is_listed_counted_and_exported_as_one(
    service: RegistrationService,
) -> None:
    path = await opened_to_all(service, capacity=1)
    await service.registered(path, 1)
    stranger = {"walk_in": {**STRANGER, "organisation": "MOF", "rank": 60}}
    for _ in range(2):  # the desk has lost the answer
        (result,) = await told(service, path, stranger)
        assert (result["outcome"], result["over_capacity"], result["problems"]) == ("checked-in", True, None)
    listing = (await service.organiser.get(f"{path}/registrations", q="ສົມພອນ")).json()["items"]
    names = ("registration_id", "organisation", "rank", "walk_in", "over_capacity", "gender")
    assert [[one[name] for name in names] for one in listing] == [
        [result["registration_id"], "MOF", 60, True, True, "female"]
    ]
    figures = await service.statistics(path)
    assert {name: figures[name] for name in ("confirmed", "walk_ins", "present", "women", "answered")} == {
        "confirmed": 2,
        "walk_ins": 1,
        "present": 1,
        "women": 1,
        "answered": 1,
    }
    assert figures["breakdown"]["channel"] == {"open": {"confirmed": 1}, "walk-in": {"confirmed": 1}}
    exported = (await service.organiser.get(f"{path}/registrations.json")).json()
    assert sorted(one["source"] for one in exported) == ["open", "walk-in"]
    assert await service.value("SELECT count(*) FROM person WHERE given_name = 'ແກ້ວ' AND mobile IS NULL") == 1


async def test_a_body_that_the_registry_does_not_have_is_another_one_offline_and_a_mistake_online(
    service: RegistrationService,
) -> None:
    path = await opened_to_all(service)
    odd = {"walk_in": {**STRANGER, "organisation": "ບໍລິສັດ", "mobile": "12", "email": "nobody"}}
    (online,) = await told(service, path, odd)
    assert (online["outcome"], [one["field"] for one in online["problems"]]) == (
        "invalid",
        ["/walk_in/mobile", "/walk_in/email", "/walk_in/organisation"],
    )
    (offline,) = await told(service, path, odd, offline=True)
    assert (offline["outcome"], len(offline["problems"])) == ("checked-in", 3)
    (row,) = await service.rows("SELECT organisation, mobile, email, rank FROM registration")
    assert tuple(row) == ("OTHER", None, None, 1_000)


async def test_the_same_number_and_name_is_one_person_and_another_name_is_another(
    service: RegistrationService,
) -> None:
    path = await opened_to_all(service)
    seat = await service.registered(path, 1)
    again = {"walk_in": {"given_name": "ຄົນທີ  1", "mobile": "020 5555 1001", "organisation": "MOF"}}
    colleague = {"walk_in": {"given_name": "ນ້ອຍ", "mobile": "020 5555 1001", "organisation": "MOF"}}
    first, second = await told(service, path, again, colleague, offline=True)
    assert (first["registration_id"], second["registration_id"] != seat["registration_id"]) == (
        seat["registration_id"],
        True,
    )
    assert await service.value("SELECT count(*) FROM registration WHERE mobile IS NULL") == 1
    assert (await service.statistics(path))["present"] == 2


async def test_two_desks_tell_of_one_stranger_at_the_same_time_and_he_is_one(service: RegistrationService) -> None:
    path = await opened_to_all(service)
    stranger = {**STRANGER, "mobile": "020 5555 7777"}
    scans = [{"nonce": "1", "scanned_at": BEGINS.isoformat(), "walk_in": stranger}]
    batches = [{"device": f"desk-{number}", "offline": True, "scans": scans} for number in range(5)]
    desk = service.as_("desk")
    done = await asyncio.gather(*(desk.post(f"{path}/check-ins", batch) for batch in batches))
    outcomes = sorted(one.json()["results"][0]["outcome"] for one in done)
    assert outcomes == ["checked-in", *["refused"] * 4]
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_who_is_not_let_in_leaves_no_name_behind(service: RegistrationService) -> None:
    path = await service.opened()
    (refused,) = await told(service, path, {"walk_in": STRANGER})
    assert (refused["outcome"], refused["reason"]) == ("refused", "unknown")
    assert await service.value("SELECT count(*) FROM person WHERE given_name = 'ແກ້ວ'") == 0


async def test_a_walk_in_leaves_by_the_registration_that_he_got(service: RegistrationService) -> None:
    path = await opened_to_all(service)
    (result,) = await told(service, path, {"walk_in": STRANGER})
    out = {"nonce": "out", "registration_id": result["registration_id"], "direction": "exit"}
    assert [one["outcome"] for one in await told(service, path, out)] == ["left"]
    (wrong,) = await told(service, path, {"nonce": "x", "walk_in": STRANGER, "direction": "exit"})
    assert (wrong["outcome"], wrong["reason"]) == ("invalid", "walk_in_leaves")


async def test_the_names_of_walk_ins_are_on_the_topic_of_persons_alone(service: RegistrationService) -> None:
    path = await opened_to_all(service)
    await told(service, path, {"walk_in": {**STRANGER, "mobile": "020 5555 7777"}})
    rows = await service.rows("SELECT topic, payload FROM outbox WHERE payload LIKE '%ແກ້ວ%' OR payload LIKE '%7777%'")
    assert [row["topic"] for row in rows] == ["eoffice.registration.person.v1"]
    facts = await service.rows("SELECT type, payload FROM outbox WHERE payload LIKE '%\"walk_in\":true%'")
    assert [row["type"] for row in facts] == ["registration.participant-registered.v1"]
    assert json.loads(facts[0]["payload"])["over_capacity"] is False


async def test_only_the_desk_of_the_meeting_lets_strangers_in(service: RegistrationService) -> None:
    path = await opened_to_all(service)
    scans = {"device": "d", "scans": [{"nonce": "1", "scanned_at": BEGINS.isoformat(), "walk_in": STRANGER}]}
    for caller in (service.organiser, service.as_("desk", body="MOF")):
        assert code_of(await caller.post(f"{path}/check-ins", scans))[:2] == (403, "NotPermitted")


async def test_the_sheet_says_who_had_not_registered(service: RegistrationService) -> None:
    path = await opened_to_all(service)
    await told(service, path, {"walk_in": {**person(9), "organisation": "MOF"}})
    sheet = await service.organiser.get(f"{path}/attendance-sheet")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
