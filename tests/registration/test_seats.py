"""Who sits: registering, declining, waiting, moving up, sending somebody else, withdrawing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.refusals import (
    AlreadyRegistered,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    NotSeated,
    OrganisationMismatch,
    OrganisationUnknown,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    WrongPhase,
)
from shared.kernel import NotFound, NotPermitted, StaleVersion
from tests.registration.commands import decline, issue, register, send, withdraw
from tests.registration.facts import (
    EXPIRY,
    cancelled,
    closed,
    declined,
    drafted,
    held,
    invited,
    moved,
    opened,
    promoted,
    registered,
    represented,
    started,
    ticketed,
    waiting,
    withdrawn,
)
from tests.registration.scenario import (
    KEO,
    NOY,
    ORGANISER,
    OTHER_ORGANISER,
    SENG,
    START,
    VANH,
    Somebody,
    Step,
    after,
    jobs_after,
    meeting_after,
    refuses,
)

ANSWERS = [register(KEO), decline(KEO), send(NOY, instead_of=KEO), withdraw(KEO)]
NOT_OPEN: dict[str, list[Step]] = {
    "in-session": [started()],
    "held": [started(), held()],
    "closed": [started(), held(), closed()],
    "cancelled": [cancelled()],
}


def test_a_free_seat_is_taken() -> None:
    assert after(opened(seats=1), command=register(KEO)) == [registered(KEO)]


def test_when_all_seats_are_taken_people_wait_in_the_order_in_which_they_came() -> None:
    full: list[Step] = [opened(seats=1), registered(KEO)]
    assert after(*full, command=register(NOY)) == [waiting(NOY, 1)]
    assert after(*full, waiting(NOY, 1), command=register(VANH)) == [waiting(VANH, 2)]


@pytest.mark.parametrize(
    "members", [{"waiting_list": "none"}, {"policy": "by-invitation"}], ids=["no waiting list", "by invitation"]
)
def test_where_nobody_waits_a_full_meeting_is_full(members: dict[str, str]) -> None:
    full: list[Step] = [opened(seats=1, **members), invited(), registered(KEO, link=True)]
    assert after(*full, command=register(NOY, link="MOF")) == refuses(MeetingFull, capacity=1)
    assert after(*full, command=withdraw(KEO)) == [withdrawn(KEO)]


@pytest.mark.parametrize("phase", NOT_OPEN)
@pytest.mark.parametrize("command", ANSWERS, ids=lambda one: type(one).__name__)
def test_answers_are_taken_while_the_meeting_is_open(command: MeetingCommand, phase: str) -> None:
    steps: list[Step] = [opened(), registered(KEO), *NOT_OPEN[phase]]
    assert after(*steps, command=command) == refuses(WrongPhase, phase=phase)


@pytest.mark.parametrize("steps", [[], [drafted()]], ids=["no meeting", "a draft"])
@pytest.mark.parametrize("command", ANSWERS, ids=lambda one: type(one).__name__)
def test_a_draft_is_nobodys_business(command: MeetingCommand, steps: list[Step]) -> None:
    assert after(*steps, command=command) == refuses(NotFound)


class TestALink:
    """An answer by link."""

    def test_takes_a_seat_of_the_invited_body(self) -> None:
        assert after(opened(), invited(), command=register(KEO, link="MOF")) == [registered(KEO, link=True)]

    def test_takes_no_more_seats_than_the_body_has(self) -> None:
        steps: list[Step] = [opened(), invited(seats=1), registered(KEO, link=True)]
        assert after(*steps, command=register(NOY, link="MOF")) == refuses(InvitationExhausted, seats=1)
        assert after(*steps, command=register(NOY)) == [registered(NOY)]

    @pytest.mark.parametrize("answer", [register, decline])
    def test_must_be_of_this_meeting_in_time_and_of_the_own_body(self, answer: Callable[..., MeetingCommand]) -> None:
        steps: list[Step] = [opened(), invited("MOF")]
        stranger = replace(KEO, body="MOH")
        assert after(*steps, command=answer(KEO, link="MOH")) == refuses(InvitationUnknown, at="/invitation")
        assert after(*steps, command=answer(KEO, link="MOF", at=EXPIRY)) == refuses(InvitationExpired, at="/invitation")
        assert after(*steps, command=answer(stranger, link="MOF")) == refuses(OrganisationMismatch, at="/organisation")

    def test_is_needed_in_a_meeting_by_invitation_by_all_but_its_organiser(self) -> None:
        steps: list[Step] = [opened(policy="by-invitation"), invited()]
        needed = refuses(InvitationNeeded, at="/invitation")
        assert after(*steps, command=register(KEO)) == needed
        assert after(*steps, command=register(KEO, by=OTHER_ORGANISER)) == needed
        assert after(*steps, command=register(KEO, by=ORGANISER)) == [registered(KEO)]


def test_without_a_link_the_body_must_be_known() -> None:
    unknown = refuses(OrganisationUnknown, at="/organisation")
    assert after(opened(), command=register(KEO), unknown_body=True) == unknown


def test_who_declines_says_why_and_takes_no_seat() -> None:
    assert after(opened(), invited(), command=decline(KEO)) == [declined(KEO)]
    assert meeting_after(opened(), invited(), declined(KEO)).confirmed == 0


def test_who_sits_withdraws_rather_than_declines() -> None:
    steps: list[Step] = [opened(), invited(), registered(KEO, link=True)]
    assert after(*steps, command=decline(KEO)) == refuses(AlreadyRegistered)


class TestWithdrawing:
    """Giving up a seat or a place in the queue."""

    def test_frees_one_seat_and_moves_up_one_person_the_head_of_the_queue(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1), waiting(VANH, 2)]
        assert after(*steps, command=withdraw(KEO)) == [withdrawn(KEO), promoted(NOY)]

    def test_of_the_promoted_frees_one_seat_not_two(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1), waiting(VANH, 2), waiting(SENG, 3)]
        steps += [withdrawn(KEO), promoted(NOY)]
        assert after(*steps, command=withdraw(NOY)) == [withdrawn(NOY), promoted(VANH)]
        meeting = meeting_after(*steps, withdrawn(NOY), promoted(VANH))
        assert (meeting.confirmed, meeting.waitlisted) == (1, 1)

    def test_from_the_queue_moves_nobody(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1), waiting(VANH, 2)]
        assert after(*steps, command=withdraw(NOY)) == [withdrawn(NOY, was="waitlisted")]
        assert meeting_after(*steps, withdrawn(NOY, was="waitlisted")).waitlisted == 1

    def test_where_nobody_waits_frees_the_seat(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO)]
        assert after(*steps, command=withdraw(KEO)) == [withdrawn(KEO)]
        assert after(*steps, withdrawn(KEO), command=register(NOY)) == [registered(NOY)]

    def test_and_coming_back_leads_to_the_end_of_the_queue(self) -> None:
        back = Somebody("keo2")
        steps: list[Step] = [
            opened(seats=1),
            registered(NOY),
            waiting(KEO, 1),
            waiting(VANH, 2),
            withdrawn(KEO, was="waitlisted"),
        ]
        assert after(*steps, command=register(back)) == [waiting(back, 2)]

    def test_fills_no_seat_beyond_the_capacity(self) -> None:
        crowded: list[Step] = [opened(seats=1), registered(KEO), registered(NOY), waiting(VANH, 1)]
        assert after(*crowded, command=withdraw(KEO)) == [withdrawn(KEO)]

    @pytest.mark.parametrize("gone", [withdrawn(KEO), represented(KEO, by=VANH)], ids=["withdrawn", "represented"])
    def test_needs_something_to_give_up(self, gone: Step) -> None:
        state = "withdrawn" if gone == withdrawn(KEO) else "represented"
        assert after(opened(), registered(KEO), gone, command=withdraw(KEO)) == refuses(NotSeated, state=state)


class TestARepresentative:
    """Somebody who comes in another's place."""

    def test_has_a_registration_of_his_own_and_the_seat_stays_one(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO)]
        assert after(*steps, command=send(NOY, instead_of=KEO)) == [represented(KEO, by=NOY)]
        assert meeting_after(*steps, represented(KEO, by=NOY)).confirmed == 1

    def test_cannot_send_another_one(self) -> None:
        steps: list[Step] = [opened(), registered(KEO), represented(KEO, by=NOY)]
        assert after(*steps, command=send(VANH, instead_of=NOY)) == refuses(RepresentativeOfRepresentative)

    def test_is_sent_once(self) -> None:
        steps: list[Step] = [opened(), registered(KEO), represented(KEO, by=NOY)]
        assert after(*steps, command=send(VANH, instead_of=KEO)) == refuses(NotSeated, state="represented")

    def test_is_sent_by_who_has_a_seat(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1)]
        assert after(*steps, command=send(VANH, instead_of=NOY)) == refuses(NotSeated, state="waitlisted")

    def test_is_of_the_rank_that_the_meeting_asks_for(self) -> None:
        steps: list[Step] = [opened(rank_floor=80), registered(KEO)]
        low, fitting = replace(NOY, rank=81), replace(NOY, rank=80)
        refused = refuses(RankBelowFloor, at="/representative/rank", floor=80)
        assert after(*steps, command=send(low, instead_of=KEO)) == refused
        assert after(*steps, command=send(fitting, instead_of=KEO)) == [represented(KEO, by=fitting)]

    def test_may_withdraw_and_frees_one_seat(self) -> None:
        steps: list[Step] = [opened(seats=1), registered(KEO), waiting(VANH, 1), represented(KEO, by=NOY)]
        assert after(*steps, command=withdraw(NOY)) == [withdrawn(NOY), promoted(VANH)]


@pytest.mark.parametrize("code", ["", NOY.code], ids=["empty", "somebody else's"])
def test_a_seat_is_disposed_of_with_its_own_code(code: str) -> None:
    steps: list[Step] = [opened(), registered(KEO), registered(NOY)]
    assert after(*steps, command=withdraw(KEO, code=code)) == refuses(NotPermitted, at="/code")
    assert after(*steps, command=send(VANH, instead_of=KEO, code=code)) == refuses(NotPermitted, at="/code")


def test_what_is_not_there_cannot_be_disposed_of() -> None:
    assert after(opened(), command=withdraw(KEO)) == refuses(NotFound)


class TestATicket:
    """The signed ticket of a seat."""

    @pytest.mark.parametrize(
        ("steps", "name"),
        [
            ([registered(KEO)], "0"),
            ([waiting(KEO, 1), promoted(KEO)], "0:4"),  # as the fourth fact: he may have had a seat before
            ([registered(NOY), represented(NOY, by=KEO)], "0"),
        ],
        ids=["registered", "promoted", "representative"],
    )
    def test_is_signed_for_whoever_wins_a_seat(self, steps: list[Step], name: str) -> None:
        (job,) = jobs_after(opened(), *steps)
        assert (job.kind, job.name, job.key) == ("issue-ticket", f"{KEO.seat}:{name}", str(KEO.seat))

    @pytest.mark.parametrize("step", [waiting(KEO, 1), declined(KEO)], ids=["waiting", "declined"])
    def test_is_signed_for_nobody_else(self, step: Step) -> None:
        assert jobs_after(opened(), step) == []

    @pytest.mark.parametrize("phase", [[], [started()]], ids=["open", "in session"])
    def test_is_issued_once(self, phase: list[Step]) -> None:
        steps: list[Step] = [opened(), registered(KEO), *phase]
        assert after(*steps, command=issue(KEO)) == [ticketed(KEO)]
        assert after(*steps, ticketed(KEO), command=issue(KEO)) == []
        assert after(*steps, ticketed(KEO), command=issue(KEO, serial=2)) == [ticketed(KEO, serial=2)]

    @pytest.mark.parametrize(
        "gone", [withdrawn(KEO), represented(KEO, by=NOY), cancelled()], ids=["withdrawn", "represented", "cancelled"]
    )
    def test_is_not_issued_when_the_seat_is_gone_meanwhile(self, gone: Step) -> None:
        assert after(opened(), registered(KEO), gone, command=issue(KEO, sequence=1)) == []
        assert after(opened(), command=issue(KEO)) == []

    def test_that_was_signed_for_an_old_schedule_must_be_signed_again(self) -> None:
        later = moved(to=START.replace(day=20), until=START.replace(day=21))
        steps: list[Step] = [opened(), registered(KEO), later]
        assert after(*steps, command=issue(KEO, sequence=0)) == refuses(StaleVersion)
        assert after(*steps, command=issue(KEO, sequence=1)) == [ticketed(KEO)]
