"""Who is in the room: entries and exits, in whatever order desks without a network tell of them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.registration import Seat
from tests.registration.commands import scan
from tests.registration.facts import cancelled, closed, held, opened, registered, started, ticketed, withdrawn
from tests.registration.running_service import START as BEGINS
from tests.registration.running_service import RegistrationService
from tests.registration.scan_facts import came, came_back, turned_away, went_out
from tests.registration.scenario import END, KEO, NOY, START, Refused, Step, after, seats_after

SEATED: list[Step] = [opened(), registered(KEO), ticketed(KEO)]
MINUTE = timedelta(minutes=1)


def test_who_goes_out_has_left_and_who_comes_in_again_has_returned() -> None:
    out = went_out(KEO, at=START + MINUTE, nonce="2")
    assert after(*SEATED, came(KEO), command=scan(KEO, at=START + MINUTE, nonce="2", leaving=True)) == [out]
    back = came_back(KEO, at=START + 2 * MINUTE, nonce="3")
    assert after(*SEATED, came(KEO), out, command=scan(KEO, at=START + 2 * MINUTE, nonce="3")) == [back]
    again = scan(KEO, at=START + 3 * MINUTE, nonce="4")
    assert after(*SEATED, came(KEO), out, back, command=again) == [
        turned_away(KEO, "already-in", at=START + 3 * MINUTE, nonce="4")
    ]


def test_nobody_is_held_back_at_the_exit() -> None:
    for steps in ([], [withdrawn(KEO)], [came(KEO, nonce="0"), went_out(KEO, at=START, nonce="0")]):
        leaving = scan(KEO, serial=1, nonce="2", at=START + MINUTE, leaving=True)
        assert after(*SEATED, *steps, command=leaving) == [went_out(KEO, at=START + MINUTE, nonce="2")]


def test_who_goes_out_after_the_session_has_ended_has_left_until_the_meeting_is_closed() -> None:
    over: list[Step] = [*SEATED, came(KEO), started(), held()]
    leaving = scan(KEO, at=END, nonce="2", leaving=True)
    assert after(*over, command=leaving) == [went_out(KEO, at=END, nonce="2")]
    assert after(*over, closed(), command=leaving) == [turned_away(KEO, "blocked", at=END, nonce="2")]


def test_who_comes_in_again_with_a_revoked_ticket_at_an_offline_desk_is_flagged() -> None:
    out = went_out(KEO, at=START + MINUTE, nonce="2")
    at = START + 2 * MINUTE
    entry = scan(KEO, serial=1, at=at, nonce="3", offline=True, method="ticket")
    back = after(*SEATED, came(KEO), out, ticketed(KEO, 2), command=entry)
    assert back == [came_back(KEO, at=at, nonce="3", offline=True, instead="revoked", method="ticket")]


def test_an_exit_is_refused_where_nobody_is_known_or_no_meeting_is_held() -> None:
    assert after(*SEATED, command=scan(None, leaving=True)) == [turned_away(None, "unknown")]
    assert after(*SEATED, command=scan(None, fault="forged", leaving=True)) == [turned_away(None, "forged")]
    assert after(*SEATED, cancelled(), command=scan(KEO, leaving=True)) == [turned_away(KEO, "cancelled")]


def test_an_exit_that_is_known_before_its_entry_leaves_nobody_in_the_room() -> None:
    out = went_out(KEO, at=START + MINUTE, nonce="2", offline=True)
    assert after(*SEATED, out, command=scan(KEO, offline=True)) == [came(KEO, offline=True)]
    (seat,) = seats_after(*SEATED, out, came(KEO, offline=True))
    assert (seat.checked_in, seat.inside(START), seat.inside(START + 2 * MINUTE)) == (True, True, False)


Scans = list[tuple[int, bool, bool]]  # minute, whether at the exit, whether it is NOY


@settings(max_examples=50, deadline=None)
@given(
    scans=st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), min_size=1, max_size=9), data=st.data()
)
def test_in_any_order_and_twice_the_same_people_are_in_the_room(scans: Scans, data: st.DataObject) -> None:
    numbered = list(enumerate(scans))
    one_way = data.draw(st.permutations(numbered))
    other_way = data.draw(st.permutations([*numbered, *numbered]))
    assert _told(one_way) == _told(other_way)


def _told(scans: list[tuple[int, tuple[int, bool, bool]]]) -> list[Seat]:
    steps: list[Step] = [*SEATED, registered(NOY), ticketed(NOY)]
    for number, (minute, leaving, other) in scans:
        told = scan(
            NOY if other else KEO,
            serial=1,
            at=START + minute * MINUTE,
            nonce=str(number),
            offline=True,
            leaving=leaving,
        )
        facts = after(*steps, command=told)
        assert not isinstance(facts, Refused)
        steps += facts
    return list(seats_after(*steps))


async def test_the_figures_tell_who_came_and_who_is_in_the_room_now(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seats = [await shared_service.registered(path, number) for number in range(3)]
    listed = {"registration_id": seats[2]["registration_id"]}
    entries = [{"code": seats[0]["code"]}, {"code": seats[1]["code"]}, listed]
    told = await shared_service.scanned(path, *entries, {"code": "222222", "direction": "exit"}, offline=True)
    assert told == [("checked-in", None)] * 3 + [("refused", "unknown")]
    later = {"scanned_at": (BEGINS + MINUTE).isoformat()}
    left = [{"code": seats[0]["code"], "direction": "exit", **later}, {**listed, "direction": "exit", **later}]
    assert await shared_service.scanned(path, *left, offline=True) == [("left", None)] * 2
    back = {**listed, "scanned_at": (BEGINS + 2 * MINUTE).isoformat()}
    assert await shared_service.scanned(path, back, offline=True) == [("returned", None)]
    figures = await shared_service.statistics(path)
    assert {name: figures[name] for name in ("checked_in", "present", "inside")} == {
        "checked_in": 3,
        "present": 3,
        "inside": 2,
    }
    listing = (await shared_service.organiser.get(f"{path}/registrations")).json()["items"]
    assert [(one["checked_in_at"] is not None, one["left_at"] is not None) for one in listing] == [
        (True, True),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize("member", ["ticket", "code", "registration_id"])
async def test_by_which_he_was_known_is_recorded(member: str, service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await service.worked()
    known = {**seat, "ticket": (await service.tickets())[seat["registration_id"]]}
    assert await service.scanned(path, {member: known[member]}) == [("checked-in", None)]
    method = "list" if member == "registration_id" else member
    assert await service.value("SELECT method FROM check_in") == method


async def test_a_return_keeps_by_what_he_was_known_and_why_he_would_have_been_refused(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    known = {"registration_id": seat["registration_id"]}
    times = [{"scanned_at": (BEGINS + number * MINUTE).isoformat()} for number in range(3)]
    await service.scanned(path, known | times[0], {**known, **times[1], "direction": "exit"}, offline=True)
    await service.withdrawn(path, seat)
    assert await service.scanned(path, known | times[2], offline=True) == [("returned", None)]
    (row,) = await service.rows("SELECT method, would_have_been_refused FROM check_in WHERE movement = 'returned'")
    assert tuple(row) == ("list", "revoked")


async def test_whom_an_offline_desk_has_turned_away_as_being_in_is_checked_in_once_though_its_clock_was_set_back(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    code = {"code": (await service.registered(path, 1))["code"]}
    before = {"scanned_at": (BEGINS - MINUTE).isoformat()}
    told = await service.scanned(path, code, {**code, **before, "turned_away": "already-in"}, offline=True)
    assert told == [("checked-in", None), ("refused", "already-in")]
    facts = await service.rows("SELECT type FROM outbox WHERE type LIKE '%check%in%' ORDER BY id")
    assert [row["type"] for row in facts] == [
        "registration.check-in-refused.v1",
        "registration.participant-checked-in.v1",
    ]
    assert (await service.statistics(path))["inside"] == 1


async def test_whom_the_version_before_has_checked_in_is_in_the_room_until_he_goes_out(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    code = {"code": (await service.registered(path, 1))["code"]}
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE registration SET checked_in_at = $1, left_at = $2", BEGINS, BEGINS - MINUTE)
    assert (await service.statistics(path))["inside"] == 1
    assert await service.scanned(path, code) == [("refused", "already-in")]
    assert await service.scanned(path, {**code, "direction": "exit"}) == [("left", None)]
    assert (await service.statistics(path))["inside"] == 0
