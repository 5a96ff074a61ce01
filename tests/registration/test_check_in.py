"""Check-in: every scan becomes a fact, admission or refusal with its reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from shared.contracts.registration import CheckInRefusal
from shared.kernel import Actor, NotFound, NotPermitted, Role
from tests.registration.commands import scan
from tests.registration.facts import (
    cancelled,
    closed,
    declined,
    drafted,
    held,
    moved,
    opened,
    registered,
    represented,
    started,
    ticketed,
    waiting,
    withdrawn,
)
from tests.registration.request_facts import rejected, requested
from tests.registration.scan_facts import came, turned_away
from tests.registration.scenario import (
    DESK,
    END,
    KEO,
    NOY,
    ORGANISER,
    START,
    Somebody,
    Step,
    after,
    refuses,
    seats_after,
)

SEATED: list[Step] = [opened(seats=1), registered(KEO), ticketed(KEO)]
DAY = timedelta(days=1)

TURNED_AWAY: dict[str, tuple[list[Step], Somebody, CheckInRefusal]] = {
    "who is not registered": ([opened()], KEO, "unknown"),
    "who waits": ([*SEATED, waiting(NOY, 1)], NOY, "not-confirmed"),
    "who has withdrawn": ([*SEATED, withdrawn(KEO)], KEO, "revoked"),
    "who is represented": ([*SEATED, represented(KEO, by=NOY)], KEO, "revoked"),
    "who has declined": ([opened(), declined(KEO)], KEO, "revoked"),
    "who waits for approval": ([opened(), requested(KEO)], KEO, "not-confirmed"),
    "whose request was rejected": ([opened(), requested(KEO), rejected(KEO)], KEO, "revoked"),
    "who is in": ([*SEATED, came(KEO)], KEO, "already-in"),
    "from a cancelled meeting": ([*SEATED, cancelled()], KEO, "cancelled"),
    "after the session": ([*SEATED, started(), held()], KEO, "blocked"),
    "after the meeting is closed": ([*SEATED, started(), held(), closed()], KEO, "blocked"),
}


@pytest.mark.parametrize("phase", [[], [started()]], ids=["before the session", "during the session"])
@pytest.mark.parametrize("serial", [None, 1], ids=["by code", "by ticket"])
def test_whoever_has_a_seat_comes_in(serial: int | None, phase: list[Step]) -> None:
    assert after(*SEATED, *phase, command=scan(KEO, serial=serial)) == [came(KEO)]


@pytest.mark.parametrize(("steps", "who", "reason"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys())
def test_turned_away_is(steps: list[Step], who: Somebody, reason: CheckInRefusal) -> None:
    known = None if reason == "unknown" else who
    assert after(*steps, command=scan(who, nonce="2")) == [turned_away(known, reason, nonce="2")]


@pytest.mark.parametrize("fault", [one for one in get_args(CheckInRefusal) if one in {"forged", "wrong-meeting"}])
def test_what_the_ticket_says_of_itself_comes_first(fault: CheckInRefusal) -> None:
    assert after(*SEATED, command=scan(None, fault=fault)) == [turned_away(None, fault)]


def test_a_ticket_is_revoked_by_a_newer_one() -> None:
    assert after(*SEATED, ticketed(KEO, 2), command=scan(KEO, serial=1)) == [turned_away(KEO, "revoked")]


def test_check_in_opens_three_hours_before() -> None:
    early, opening = START - timedelta(hours=3, seconds=1), START - timedelta(hours=3)
    assert after(*SEATED, command=scan(KEO, at=early)) == [turned_away(KEO, "too-early", at=early)]
    assert after(*SEATED, command=scan(KEO, at=opening)) == [came(KEO, at=opening)]


def test_check_in_moves_with_the_meeting() -> None:
    steps: list[Step] = [*SEATED, moved(to=START + DAY, until=START + 2 * DAY)]
    assert after(*steps, command=scan(KEO)) == [turned_away(KEO, "too-early")]
    assert after(*steps, command=scan(KEO, at=START + DAY)) == [came(KEO, at=START + DAY)]


@pytest.mark.parametrize("wrong", [-DAY, DAY, 30 * DAY, -3000 * DAY], ids=str)
def test_a_device_clock_wrong_by_a_day_turns_nobody_away_and_both_clocks_are_kept(wrong: timedelta) -> None:
    skewed = came(KEO, scanned_at=START + wrong, clock_skew=wrong.total_seconds())
    assert after(*SEATED, command=scan(KEO, serial=1, scanned_at=START + wrong)) == [skewed]


@pytest.mark.parametrize("wrong", [-DAY, DAY, -3000 * DAY], ids=str)
def test_what_a_device_with_a_wrong_clock_scanned_offline_is_corrected_by_what_it_shows_now(wrong: timedelta) -> None:
    known = came(KEO, offline=True, scanned_at=START + wrong, clock_skew=wrong.total_seconds())
    assert after(*SEATED, command=scan(KEO, serial=1, offline=True, scanned_at=START + wrong, sent_at=END + wrong)) == [
        known
    ]


def test_a_clock_that_was_set_after_the_scan_corrects_nothing() -> None:
    for clock in (START - timedelta(seconds=1), START + 32 * DAY):
        uncorrected = scan(KEO, offline=True, sent_at=clock)
        assert after(*SEATED, command=uncorrected) == [came(KEO, offline=True)]


@pytest.mark.parametrize("sent", [None, END], ids=["not told", "set between"])
def test_a_clock_that_showed_1970_at_the_scan_tells_nothing_of_when_he_came(sent: datetime | None) -> None:
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    known = came(KEO, offline=True, scanned_at=begun, came_at=END, clock_skew=None)
    assert after(*SEATED, command=scan(KEO, offline=True, scanned_at=begun, sent_at=sent)) == [known]


def test_nobody_has_come_after_his_scan_was_received() -> None:
    future = END + 30 * DAY
    known = came(KEO, offline=True, scanned_at=future, came_at=END, clock_skew=30 * 86_400)
    assert after(*SEATED, command=scan(KEO, offline=True, scanned_at=future)) == [known]


def test_a_replayed_scan_changes_nothing() -> None:
    assert after(*SEATED, came(KEO), command=scan(KEO)) == []


def test_two_offline_desks_let_the_same_ticket_in_once() -> None:
    first = came(KEO, nonce="a", offline=True)
    again = scan(KEO, nonce="b", offline=True, at=START + timedelta(minutes=1))
    assert after(*SEATED, first, command=again) == [
        turned_away(KEO, "already-in", at=again.scanned_at, nonce="b", offline=True)
    ]


def test_what_was_scanned_offline_counts_until_the_meeting_is_closed() -> None:
    over: list[Step] = [*SEATED, started(), held()]
    assert after(*over, command=scan(KEO, offline=True)) == [came(KEO, offline=True)]
    assert after(*over, closed(), command=scan(KEO, offline=True)) == [turned_away(KEO, "blocked", offline=True)]


@pytest.mark.parametrize(
    ("steps", "who", "reason"),
    [
        ([withdrawn(KEO)], KEO, "revoked"),
        ([represented(KEO, by=NOY)], KEO, "revoked"),
        ([ticketed(KEO, 2)], KEO, "revoked"),
        ([moved(to=START + DAY, until=END + DAY), ticketed(KEO, 2)], KEO, "revoked"),
        ([moved(to=START + DAY, until=END + DAY)], KEO, "too-early"),
        ([waiting(NOY, 1)], NOY, "not-confirmed"),
    ],
    ids=["withdrawn", "represented", "reissued", "moved and reissued", "moved", "waiting"],
)
def test_a_cancelled_ticket_scanned_offline_is_counted_and_flagged(
    steps: list[Step], who: Somebody, reason: CheckInRefusal
) -> None:
    serial = None if who == NOY else 1
    assert after(*SEATED, *steps, command=scan(who, serial=serial, offline=True)) == [
        came(who, offline=True, instead=reason)
    ]


def test_who_is_in_the_room_already_is_counted_once_though_his_seat_was_given_up() -> None:
    steps: list[Step] = [*SEATED, came(KEO), withdrawn(KEO)]
    assert after(*steps, command=scan(KEO, serial=1, nonce="2", offline=True)) == [
        turned_away(KEO, "already-in", nonce="2", offline=True)
    ]


def test_whom_an_offline_desk_has_turned_away_did_not_come_in() -> None:
    refused = scan(KEO, serial=1, offline=True, turned_away="revoked")
    assert after(*SEATED, command=refused) == [turned_away(KEO, "revoked", offline=True, turned_away=True)]


def test_whom_an_offline_desk_has_turned_away_as_being_in_comes_in_where_he_is_let_in() -> None:
    refused = turned_away(KEO, "already-in", nonce="2", offline=True, turned_away=True)
    turning_away = scan(KEO, serial=1, nonce="2", offline=True, turned_away="already-in")
    assert after(*SEATED, command=turning_away) == [refused]
    assert [(seat.checked_in, seat.entered_at) for seat in seats_after(*SEATED, refused)] == [(False, None)]
    assert after(*SEATED, refused, command=scan(KEO, serial=1, offline=True)) == [came(KEO, offline=True)]


@pytest.mark.parametrize("fault", ["forged", "wrong-meeting"])
def test_what_is_no_ticket_of_the_meeting_lets_nobody_in_offline_either(fault: CheckInRefusal) -> None:
    assert after(*SEATED, command=scan(None, fault=fault, offline=True)) == [turned_away(None, fault, offline=True)]


def test_a_ticket_of_a_cancelled_meeting_would_have_been_refused() -> None:
    steps: list[Step] = [*SEATED, cancelled()]
    assert after(*steps, command=scan(KEO, offline=True)) == [turned_away(KEO, "cancelled", offline=True)]


@pytest.mark.parametrize("steps", [[], [drafted()]], ids=["no meeting", "a draft"])
def test_where_no_meeting_is_announced_there_is_no_check_in(steps: list[Step]) -> None:
    assert after(*steps, command=scan(KEO)) == refuses(NotFound)


@pytest.mark.parametrize(
    "actor",
    [ORGANISER, replace(DESK, organisation="MOF"), replace(DESK, organisation=None), replace(DESK, roles=frozenset())],
    ids=["organiser", "desk of another body", "desk of no body", "no role"],
)
def test_only_a_desk_of_the_organisers_body_lets_people_in(actor: Actor) -> None:
    assert after(*SEATED, command=scan(KEO, by=actor)) == refuses(NotPermitted, roles=["desk"])


def test_a_desk_may_have_other_roles_too() -> None:
    both = replace(DESK, roles=frozenset({Role.DESK, Role.ORGANISER}))
    assert after(*SEATED, command=scan(KEO, by=both)) == [came(KEO)]
