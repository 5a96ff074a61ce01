"""The queue with groups and with seats of organisations: who moves up, who passes whom, who has which seat."""

from dataclasses import replace
from typing import Any

import pytest

from services.registration.domain.admission_commands import DecideRequests
from services.registration.domain.refusals import (
    GroupTooLarge,
    InvitationExhausted,
    MeetingFull,
    OrganisationFull,
    RankBelowFloor,
)
from shared.contracts.registration import Admission, OrganisationSeats
from tests.registration.commands import approve, change, promote, register, register_together, reject, withdraw
from tests.registration.facts import (
    REASON,
    changed,
    invited,
    opened,
    promoted,
    registered,
    waiting,
    withdrawn,
)
from tests.registration.request_facts import rejected, request_withdrawn, requested
from tests.registration.scenario import (
    KEO,
    NOW,
    NOY,
    ORGANISER,
    SENG,
    VANH,
    Somebody,
    Step,
    after,
    meeting_after,
    refuses,
)

LAO, MEE = Somebody("lao", body="MOH"), Somebody("mee", body="MOH")
PASSING = Admission(may_pass_groups=True)
# One of two seats is free; a group of two is at the head of the queue, somebody alone behind it.
GROUP_AT_THE_HEAD: list[Step] = [
    *(opened(seats=2), registered(KEO), registered(SENG)),
    *(waiting(NOY, 1, group="pair"), waiting(VANH, 2, group="pair"), waiting(LAO, 3)),
]


def limited(*rules: OrganisationSeats, seats: int = 2, **members: Any) -> Step:
    return opened(seats=seats, admission=Admission(organisations=rules), **members)


def kept(body: str, seats: int) -> OrganisationSeats:
    return OrganisationSeats(organisation=body, reserved=seats)


def most(body: str, seats: int) -> OrganisationSeats:
    return OrganisationSeats(organisation=body, most=seats)


class TestAGroup:
    """People who register together."""

    def test_has_seats_for_all(self) -> None:
        command = register_together(KEO, NOY, group="pair")
        assert after(opened(seats=2), command=command) == [registered(who, group="pair") for who in (KEO, NOY)]

    def test_waits_as_one_where_one_seat_is_free(self) -> None:
        command = register_together(KEO, NOY, group="pair")
        steps: list[Step] = [opened(seats=2), registered(SENG)]
        assert after(*steps, command=command) == [waiting(KEO, 1, group="pair"), waiting(NOY, 2, group="pair")]

    def test_of_2_with_1_seat_free_waits_at_the_head_and_nobody_passes_it(self) -> None:
        assert after(*GROUP_AT_THE_HEAD, command=withdraw(KEO)) == [withdrawn(KEO)]
        assert after(*GROUP_AT_THE_HEAD, withdrawn(KEO), command=register(MEE)) == [waiting(MEE, 4)]

    def test_moves_up_as_one(self) -> None:
        steps = [*GROUP_AT_THE_HEAD, withdrawn(KEO)]
        pair = [promoted(NOY), promoted(VANH)]
        assert after(*steps, command=withdraw(SENG)) == [withdrawn(SENG), *pair]

    def test_is_passed_only_where_the_policy_says_so(self) -> None:
        passing = [opened(seats=2, admission=PASSING), *GROUP_AT_THE_HEAD[1:]]
        assert after(*passing, command=withdraw(KEO)) == [withdrawn(KEO), promoted(LAO)]
        allowed = change(admission={"may_pass_groups": True})
        told = after(*GROUP_AT_THE_HEAD, withdrawn(KEO), command=allowed)
        assert told == [changed(announced=True, admission=PASSING).model_copy(update={"capacity": 2}), promoted(LAO)]

    def test_of_which_one_withdraws_is_smaller_and_may_fit(self) -> None:
        steps = [*GROUP_AT_THE_HEAD, withdrawn(KEO)]
        left = withdrawn(NOY, was="waitlisted")
        assert after(*steps, command=withdraw(NOY)) == [left, promoted(VANH)]

    def test_that_has_seats_loses_one_member_and_frees_one_seat(self) -> None:
        pair: list[Step] = [opened(seats=2), registered(KEO, group="pair"), registered(NOY, group="pair")]
        assert after(*pair, waiting(SENG, 1), command=withdraw(KEO)) == [withdrawn(KEO), promoted(SENG)]

    def test_is_moved_up_as_one_by_the_organiser(self) -> None:
        steps = [*GROUP_AT_THE_HEAD, withdrawn(KEO), withdrawn(SENG)]
        pair = [promoted(NOY, note=REASON), promoted(VANH, note=REASON)]
        assert after(*steps, command=promote(VANH)) == pair
        assert after(*GROUP_AT_THE_HEAD, withdrawn(KEO), command=promote(NOY)) == refuses(MeetingFull, capacity=2)

    def test_larger_than_the_meeting_is_refused(self) -> None:
        command = register_together(KEO, NOY, group="pair")
        assert after(opened(seats=1), command=command) == refuses(GroupTooLarge, at="/people", most=1)

    def test_needs_as_many_seats_of_the_invitation(self) -> None:
        command = register_together(KEO, NOY, group="pair", link="MOF")
        steps: list[Step] = [opened(), invited(seats=2)]
        assert after(*steps, command=command) == [registered(who, link=True, group="pair") for who in (KEO, NOY)]
        refused = refuses(InvitationExhausted, seats=2)
        assert after(*steps, registered(SENG, link=True), command=command) == refused

    def test_is_refused_where_one_of_it_is(self) -> None:
        low = replace(NOY, rank=90)
        refused = refuses(RankBelowFloor, at="/people/1/rank", floor=80)
        assert after(opened(rank_floor=80), command=register_together(KEO, low, group="pair")) == refused

    def test_asks_for_seats_where_each_is_approved(self) -> None:
        steps: list[Step] = [opened(admission=Admission(approval=True))]
        asked = [requested(who, group="pair") for who in (KEO, NOY)]
        assert after(*steps, command=register_together(KEO, NOY, group="pair")) == asked
        together = [registered(who, group="pair") for who in (KEO, NOY)]
        assert after(*steps, asked, command=approve(NOY)) == together
        assert after(*steps, asked, command=approve(NOY, KEO)) == together
        assert after(*steps, asked, together, command=approve(NOY)) == []

    def test_that_is_approved_waits_together_where_too_few_seats_are_free(self) -> None:
        steps: list[Step] = [opened(seats=2, admission=Admission(approval=True)), registered(SENG)]
        asked = [requested(who, group="pair") for who in (KEO, NOY)]
        assert after(*steps, asked, command=approve(KEO)) == [
            waiting(KEO, 1, group="pair"),
            waiting(NOY, 2, group="pair"),
        ]

    def test_is_approved_without_whom_the_organiser_rejects_or_who_has_withdrawn(self) -> None:
        steps: list[Step] = [opened(admission=Admission(approval=True))]
        asked = [requested(who, group="three") for who in (KEO, NOY, MEE)]
        both = DecideRequests(actor=ORGANISER, at=NOW, decisions=approve(KEO).decisions + reject(NOY).decisions)
        rest = [registered(who, group="three") for who in (KEO, MEE)]
        assert after(*steps, asked, command=both) == [rejected(NOY), *rest]
        assert after(*steps, asked, request_withdrawn(NOY), command=approve(MEE)) == rest

    def test_of_several_bodies_keeps_the_limit_of_each(self) -> None:
        command = register_together(KEO, NOY, LAO, group="three")
        steps: list[Step] = [limited(most("MOF", 2), kept("MOH", 1), seats=4)]
        seated = [registered(who, group="three") for who in (KEO, NOY, LAO)]
        assert after(*steps, command=command) == seated
        assert after(*steps, registered(SENG), command=command) == [
            waiting(who, place, group="three") for place, who in enumerate((KEO, NOY, LAO), 1)
        ]
        small: list[Step] = [limited(most("MOF", 1), seats=4)]
        assert after(*small, command=command) == refuses(GroupTooLarge, at="/people", most=1)

    def test_where_nobody_waits_is_refused_when_one_seat_is_free(self) -> None:
        steps: list[Step] = [opened(seats=2, waiting_list="none"), registered(SENG)]
        assert after(*steps, command=register_together(KEO, NOY, group="pair")) == refuses(MeetingFull, capacity=2)


class TestSeatsKeptForAnOrganisation:
    """`reserved`: free for its people only."""

    def test_are_not_given_to_others(self) -> None:
        steps: list[Step] = [limited(kept("MOH", 1)), registered(KEO)]
        assert after(*steps, command=register(NOY)) == [waiting(NOY, 1)]
        assert after(*steps, waiting(NOY, 1), command=register(LAO)) == [registered(LAO)]

    def test_once_taken_leave_the_others_to_all(self) -> None:
        steps: list[Step] = [limited(kept("MOH", 1)), registered(LAO)]
        assert after(*steps, command=register(MEE)) == [registered(MEE)]
        assert after(*steps, command=register(KEO)) == [registered(KEO)]

    def test_when_given_up_go_to_the_first_of_its_people(self) -> None:
        steps: list[Step] = [limited(kept("MOH", 1)), registered(KEO), registered(LAO), waiting(NOY, 1)]
        assert after(*steps, waiting(MEE, 2), command=withdraw(LAO)) == [withdrawn(LAO), promoted(MEE)]
        assert after(*steps, waiting(MEE, 2), command=withdraw(KEO)) == [withdrawn(KEO), promoted(NOY)]

    def test_when_released_go_to_the_head_of_the_queue(self) -> None:
        steps: list[Step] = [limited(kept("MOH", 2), seats=3), registered(KEO), waiting(NOY, 1), waiting(VANH, 2)]
        fewer = Admission(organisations=(kept("MOH", 1),))
        told = changed(announced=True, admission=fewer).model_copy(update={"capacity": 3})
        command = change(admission={"organisations": fewer.organisations})
        assert after(*steps, command=command) == [told, promoted(NOY)]

    def test_that_others_have_already_evict_nobody_and_are_given_as_they_become_free(self) -> None:
        full: list[Step] = [opened(seats=2), registered(KEO), registered(NOY), waiting(VANH, 1), waiting(LAO, 2)]
        rules = Admission(organisations=(kept("MOH", 2),))
        told = changed(announced=True, admission=rules).model_copy(update={"capacity": 2})
        assert after(*full, command=change(admission={"organisations": rules.organisations})) == [told]
        assert after(*full, told, command=withdraw(KEO)) == [withdrawn(KEO), promoted(LAO)]

    def test_of_several_organisations_are_given_although_fewer_are_free_than_kept(self) -> None:
        rules = Admission(organisations=(kept("MOF", 1), kept("MOH", 1)))
        others = [replace(who, body="MTC") for who in (KEO, NOY)]
        told = changed(announced=True, admission=rules).model_copy(update={"capacity": 2})
        steps: list[Step] = [opened(seats=2), *map(registered, others), waiting(LAO, 1), waiting(SENG, 2), told]
        assert after(*steps, command=withdraw(others[0])) == [withdrawn(others[0]), promoted(LAO)]

    def test_are_taken_past_a_group_that_waits(self) -> None:
        steps: list[Step] = [limited(kept("MOH", 1), seats=3), registered(KEO)]
        pair = [waiting(NOY, 1, group="pair"), waiting(VANH, 2, group="pair")]
        assert after(*steps, command=register_together(NOY, VANH, group="pair")) == pair
        assert after(*steps, pair, command=register(LAO)) == [registered(LAO)]
        assert after(*steps, pair, registered(LAO), command=register(MEE)) == [waiting(MEE, 3)]

    def test_are_given_to_approved_people_too(self) -> None:
        rules = Admission(approval=True, organisations=(kept("MOH", 1),))
        steps: list[Step] = [opened(seats=1, admission=rules), requested(KEO), requested(LAO)]
        assert after(*steps, command=approve(KEO, LAO)) == [waiting(KEO, 1), registered(LAO)]


class TestTheMostOfAnOrganisation:
    """`most`: how many of its people may have a seat."""

    def test_keeps_the_next_waiting_though_seats_are_free(self) -> None:
        steps: list[Step] = [limited(most("MOF", 1), seats=3), registered(KEO)]
        assert after(*steps, command=register(NOY)) == [waiting(NOY, 1)]
        assert after(*steps, waiting(NOY, 1), command=register(LAO)) == [registered(LAO)]

    def test_is_refused_beyond_where_nobody_waits(self) -> None:
        steps: list[Step] = [limited(most("MOF", 1), seats=3, waiting_list="none"), registered(KEO)]
        assert after(*steps, command=register(NOY)) == refuses(OrganisationFull, most=1)

    def test_is_passed_by_people_of_others(self) -> None:
        queue: list[Step] = [waiting(NOY, 1), waiting(MEE, 2)]
        steps: list[Step] = [limited(most("MOF", 1)), registered(KEO), registered(LAO), *queue]
        assert after(*steps, command=withdraw(LAO)) == [withdrawn(LAO), promoted(MEE)]
        assert after(*steps, command=withdraw(KEO)) == [withdrawn(KEO), promoted(NOY)]

    def test_lowered_below_the_count_evicts_nobody(self) -> None:
        steps: list[Step] = [limited(most("MOF", 2)), registered(KEO), registered(NOY)]
        fewer = Admission(organisations=(most("MOF", 1),))
        told = changed(announced=True, admission=fewer).model_copy(update={"capacity": 2})
        command = change(admission={"organisations": fewer.organisations})
        assert after(*steps, command=command) == [told]
        meeting = meeting_after(*steps, told)
        assert (meeting.confirmed, dict(meeting.taken)) == (2, {"MOF": 2})
        assert after(*steps, told, waiting(VANH, 1), command=withdraw(KEO)) == [withdrawn(KEO)]

    def test_of_a_group_is_that_of_each(self) -> None:
        command = register_together(KEO, NOY, group="pair")
        assert after(limited(most("MOF", 1), seats=3), command=command) == refuses(GroupTooLarge, at="/people", most=1)

    @pytest.mark.parametrize("raised", [2, None], ids=["raised", "lifted"])
    def test_raised_moves_up_who_waits(self, raised: int | None) -> None:
        steps: list[Step] = [limited(most("MOF", 1)), registered(KEO), waiting(NOY, 1)]
        rules = Admission(organisations=(OrganisationSeats(organisation="MOF", most=raised),))
        told = changed(announced=True, admission=rules).model_copy(update={"capacity": 2})
        command = change(admission={"organisations": rules.organisations})
        assert after(*steps, command=command) == [told, promoted(NOY)]
