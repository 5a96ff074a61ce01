"""Who is admitted: the deadline, the rank, representatives, approval, and a waiting list in the organiser's hands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain.refusals import (
    DeadlineAfterStart,
    DuplicateOrganisation,
    MeetingFull,
    NoPromotion,
    NotRequested,
    NotWaiting,
    RankBelowFloor,
    RegistrationClosed,
    RepresentativesRefused,
    ReservedBeyondCapacity,
    WrongPhase,
)
from shared.contracts.registration import Admission, MeetingChanged, OrganisationSeats
from shared.kernel import NotFound, NotPermitted
from tests.registration.commands import (
    approve,
    change,
    draft,
    promote,
    register,
    reject,
    send,
    withdraw,
)
from tests.registration.facts import (
    REASON,
    changed,
    drafted,
    invited,
    moved,
    opened,
    promoted,
    registered,
    started,
    waiting,
    withdrawn,
)
from tests.registration.request_facts import rejected, request_withdrawn, requested
from tests.registration.scenario import (
    END,
    KEO,
    NOW,
    NOY,
    ORGANISER,
    OTHER_ORGANISER,
    SENG,
    START,
    VANH,
    Step,
    after,
    jobs_after,
    meeting_after,
    refuses,
)

DAY = timedelta(days=1)
MANUAL = Admission(manual_promotion=True)
APPROVAL = Admission(approval=True)
MANUAL_QUEUE: list[Step] = [opened(seats=1, admission=MANUAL), registered(KEO), waiting(NOY, 1), waiting(VANH, 2)]
ASKED: list[Step] = [opened(seats=1, admission=APPROVAL), requested(KEO), requested(NOY)]


class TestTheDeadline:
    """`closes_at`: nobody registers from then on."""

    def test_is_the_first_moment_in_which_nobody_registers_any_more(self) -> None:
        closing: list[Step] = [opened(admission=Admission(closes_at=NOW))]
        assert after(*closing, command=register(KEO, at=NOW - timedelta(seconds=1))) == [registered(KEO)]
        assert after(*closing, command=register(KEO)) == refuses(RegistrationClosed, closed_at=NOW.isoformat())

    def test_does_not_hold_for_whom_the_organiser_registers(self) -> None:
        closing: list[Step] = [opened(admission=Admission(closes_at=NOW))]
        assert after(*closing, command=register(KEO, by=ORGANISER)) == [registered(KEO)]

    def test_does_not_keep_people_from_withdrawing(self) -> None:
        closed: list[Step] = [opened(admission=Admission(closes_at=NOW - DAY)), registered(KEO)]
        assert after(*closed, command=withdraw(KEO)) == [withdrawn(KEO)]

    def test_is_not_after_the_beginning(self) -> None:
        late = {"closes_at": START + DAY}
        assert after(command=draft(admission=Admission(**late))) == refuses(
            DeadlineAfterStart, at="/registration_closes_at"
        )
        assert after(opened(), command=change(admission=late)) == refuses(
            DeadlineAfterStart, at="/registration_closes_at"
        )

    @pytest.mark.parametrize(
        ("start", "deadline"),
        [(START + DAY, START), (START - timedelta(hours=1), START - DAY), (START - 2 * DAY, START - 2 * DAY)],
        ids=["later", "earlier", "before the deadline"],
    )
    def test_moves_with_the_meeting(self, start: Any, deadline: Any) -> None:
        closing = opened(admission=Admission(closes_at=START - DAY))
        shifted = moved(to=start, until=start + (END - START))
        assert meeting_after(closing, shifted).admission.closes_at == deadline


class TestTheRankFloor:
    """`rank_floor`: the highest number of a rank that is admitted."""

    def test_holds_for_who_registers(self) -> None:
        low, fitting = replace(NOY, rank=81), replace(NOY, rank=80)
        refused = refuses(RankBelowFloor, at="/person/rank", floor=80)
        assert after(opened(rank_floor=80), command=register(low)) == refused
        assert after(opened(rank_floor=80), command=register(fitting)) == [registered(fitting)]


def test_where_representatives_are_refused_nobody_sends_one() -> None:
    steps: list[Step] = [opened(admission=Admission(representatives=False)), registered(KEO)]
    assert after(*steps, command=send(NOY, instead_of=KEO)) == refuses(RepresentativesRefused)


@pytest.mark.parametrize(
    ("seats", "refusal"),
    [
        ([("MOF", 2), ("MOH", 2)], refuses(ReservedBeyondCapacity, at="/organisation_seats", reserved=4, capacity=3)),
        ([("MOF", 1), ("MOF", 1)], refuses(DuplicateOrganisation, at="/organisation_seats")),
    ],
    ids=["more than there are", "twice"],
)
def test_seats_that_cannot_be_kept_are_refused(seats: list[tuple[str, int]], refusal: Any) -> None:
    rules = tuple(OrganisationSeats(organisation=body, reserved=kept) for body, kept in seats)
    assert after(command=draft(seats=3, admission=Admission(organisations=rules))) == refusal
    assert after(opened(seats=3), command=change(admission={"organisations": rules})) == refusal


def test_one_member_of_the_policy_is_changed_and_the_others_stay() -> None:
    before = Admission(representatives=False, may_pass_groups=True)
    after_it = Admission(representatives=True, may_pass_groups=True)
    steps: list[Step] = [drafted(admission=before)]
    assert after(*steps, command=change(admission={"representatives": True})) == [changed(admission=after_it)]
    assert after(*steps, command=change(admission={"may_pass_groups": True})) == []


class TestAWaitingListInTheOrganisersHands:
    """`manual_promotion`: who waits moves up when the organiser says so."""

    def test_leaves_a_freed_seat_empty(self) -> None:
        assert after(*MANUAL_QUEUE, command=withdraw(KEO)) == [withdrawn(KEO)]
        raised = changed(announced=True, capacity=3, admission=MANUAL).model_dump() | {"changed": ("capacity",)}
        assert after(*MANUAL_QUEUE, command=change(capacity=3)) == [MeetingChanged(**raised)]

    def test_keeps_newcomers_behind_those_who_wait(self) -> None:
        assert after(*MANUAL_QUEUE, withdrawn(KEO), command=register(SENG)) == [waiting(SENG, 3)]

    def test_moves_up_whom_the_organiser_chooses_and_records_why(self) -> None:
        steps = [*MANUAL_QUEUE, withdrawn(KEO)]
        assert after(*steps, command=promote(VANH)) == [promoted(VANH, note=REASON)]
        assert after(*steps, promoted(VANH, note=REASON), command=promote(NOY)) == refuses(MeetingFull, capacity=1)

    def test_is_the_organisers_alone(self) -> None:
        assert after(*MANUAL_QUEUE, command=promote(NOY, by=OTHER_ORGANISER)) == refuses(
            NotPermitted, roles=["organiser"]
        )
        assert after(*MANUAL_QUEUE, started(), command=promote(NOY)) == refuses(WrongPhase, phase="in-session")

    def test_moves_up_nobody_who_does_not_wait(self) -> None:
        assert after(*MANUAL_QUEUE, command=promote(KEO)) == refuses(NotWaiting, state="confirmed")
        assert after(*MANUAL_QUEUE, command=promote(SENG)) == refuses(NotFound)


def test_no_promotion_in_a_meeting_by_invitation() -> None:
    closed = changed(announced=True, policy="by-invitation", capacity=1)
    steps: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1), closed]
    assert after(*steps, command=withdraw(KEO)) == [withdrawn(KEO)]
    assert after(*steps, withdrawn(KEO), command=promote(NOY)) == refuses(NoPromotion)


class TestApproval:
    """`approval`: who registers without an invitation asks for a seat."""

    def test_begins_with_a_request_that_holds_no_seat(self) -> None:
        assert after(ASKED[0], command=register(KEO)) == [requested(KEO)]
        meeting = meeting_after(*ASKED)
        assert (meeting.requested, meeting.confirmed, meeting.waitlisted) == (2, 0, 0)
        assert jobs_after(*ASKED) == []

    def test_gives_a_seat_or_a_place_in_the_queue_in_the_order_of_the_decisions(self) -> None:
        assert after(*ASKED, command=approve(NOY, KEO)) == [registered(NOY), waiting(KEO, 1)]
        meeting = meeting_after(*ASKED, registered(NOY), waiting(KEO, 1))
        assert (meeting.confirmed, meeting.waitlisted) == (1, 1)

    def test_when_full_leads_to_the_end_of_the_queue(self) -> None:
        full: list[Step] = [*ASKED, registered(KEO), requested(VANH), waiting(NOY, 1)]
        assert after(*full, command=approve(VANH)) == [waiting(VANH, 2)]

    def test_may_be_refused_with_a_reason(self) -> None:
        assert after(*ASKED, command=reject(KEO)) == [rejected(KEO)]
        assert after(*ASKED, rejected(KEO), command=approve(KEO)) == []

    def test_of_many_carries_out_those_that_can_be(self) -> None:
        assert after(*ASKED, rejected(KEO), command=approve(KEO, SENG, NOY, NOY)) == [registered(NOY)]

    def test_is_the_organisers_alone(self) -> None:
        assert after(*ASKED, command=approve(KEO, by=OTHER_ORGANISER)) == refuses(NotPermitted, roles=["organiser"])
        assert after(*ASKED, started(), command=approve(KEO)) == refuses(WrongPhase, phase="in-session")

    def test_is_not_asked_of_the_invited_nor_of_whom_the_organiser_registers(self) -> None:
        by_link: list[Step] = [ASKED[0], invited()]
        assert after(*by_link, command=register(KEO, link="MOF")) == [registered(KEO, link=True)]
        assert after(ASKED[0], command=register(KEO, by=ORGANISER)) == [registered(KEO)]

    def test_is_not_needed_any_more_by_who_withdraws_his_request(self) -> None:
        assert after(*ASKED, command=withdraw(KEO)) == [request_withdrawn(KEO)]
        assert meeting_after(*ASKED, request_withdrawn(KEO)).requested == 1

    def test_has_nothing_to_decide_of_who_has_a_seat(self) -> None:
        assert after(*ASKED, registered(KEO), command=reject(KEO)) == []
        assert NotRequested.status == 409
