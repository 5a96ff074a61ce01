"""Changing one's mind: no after yes, yes after no, by the code of one's own registration and by the link of a body."""

from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain.refusals import (
    AlreadyRegistered,
    AnswerFinal,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    MeetingFull,
    RevokedInvitation,
    WrongPhase,
)
from shared.kernel import NotFound, NotPermitted
from tests.registration.commands import accept, register, withdraw
from tests.registration.facts import (
    EXPIRY,
    declined,
    invited,
    opened,
    promoted,
    registered,
    reinstated,
    represented,
    revoked,
    started,
    waiting,
    withdrawn,
)
from tests.registration.running_service import START, RegistrationService, answer, code_of
from tests.registration.scenario import KEO, NOY, VANH, Step, after, jobs_after, meeting_after, refuses

YES = (opened(), invited(), registered(KEO, link=True))
NO = (opened(), invited(), declined(KEO))


class TestNoAfterYes:
    """A seat that was taken by invitation, and is declined."""

    def test_frees_the_seat_and_keeps_the_reason(self) -> None:
        assert after(*YES, command=withdraw(KEO, declines=True)) == [withdrawn(KEO, declines=True)]
        assert meeting_after(*YES, withdrawn(KEO, declines=True)).confirmed == 0

    def test_moves_up_whoever_waits(self) -> None:
        full: list[Step] = [opened(seats=1), invited(), registered(KEO, link=True), waiting(NOY, 1)]
        assert after(*full, command=withdraw(KEO, declines=True)) == [withdrawn(KEO, declines=True), promoted(NOY)]

    def test_without_an_invitation_there_is_nothing_to_decline(self) -> None:
        steps: list[Step] = [opened(), registered(KEO)]
        assert after(*steps, command=withdraw(KEO, declines=True)) == refuses(InvitationNeeded)

    def test_a_representative_was_not_invited_and_withdraws(self) -> None:
        assert after(*YES, represented(KEO, by=NOY), command=withdraw(NOY, declines=True)) == [withdrawn(NOY)]


class TestYesAfterNo:
    """Somebody who has declined or withdrawn comes after all."""

    def test_by_his_own_code(self) -> None:
        assert after(*NO, command=accept(KEO)) == [reinstated(KEO, link=True)]
        assert after(*YES, withdrawn(KEO, declines=True), command=accept(KEO)) == [reinstated(KEO, link=True)]
        assert after(opened(), registered(KEO), withdrawn(KEO), command=accept(KEO)) == [reinstated(KEO)]

    def test_by_the_link_of_his_body(self) -> None:
        assert after(*NO, command=register(KEO, link="MOF")) == [reinstated(KEO, link=True)]

    def test_stands_at_the_end_of_the_queue(self) -> None:
        full: list[Step] = [opened(seats=1), registered(NOY), waiting(KEO, 1), waiting(VANH, 2)]
        gone = withdrawn(KEO, "waitlisted")
        assert after(*full, gone, command=accept(KEO)) == [reinstated(KEO, state="waitlisted", position=2)]
        back = reinstated(KEO, state="waitlisted", position=2)
        assert after(*full, gone, back, command=withdraw(NOY)) == [withdrawn(NOY), promoted(VANH)]

    def test_finds_no_seat_where_all_are_taken_and_nobody_waits(self) -> None:
        full: list[Step] = [opened(seats=1, waiting_list="none"), registered(KEO), withdrawn(KEO), registered(NOY)]
        assert after(*full, command=accept(KEO)) == refuses(MeetingFull, capacity=1)

    def test_finds_no_seat_where_others_of_his_body_have_taken_them(self) -> None:
        steps: list[Step] = [opened(), invited(seats=1), declined(KEO), registered(NOY, link=True)]
        assert after(*steps, command=accept(KEO)) == refuses(InvitationExhausted, seats=1)
        assert after(*steps, withdrawn(NOY), command=accept(KEO)) == [reinstated(KEO, link=True)]

    def test_needs_an_invitation_that_is_still_good(self) -> None:
        assert after(*NO, command=accept(KEO, at=EXPIRY)) == refuses(InvitationExpired)
        assert after(*NO, revoked(), command=accept(KEO)) == refuses(RevokedInvitation)
        uninvited: list[Step] = [opened(policy="by-invitation"), registered(KEO), withdrawn(KEO)]
        assert after(*uninvited, command=accept(KEO)) == refuses(InvitationNeeded)

    def test_is_his_own_answer_and_was_no(self) -> None:
        assert after(*NO, command=accept(KEO, code="ZZZZZZ")) == refuses(NotPermitted, at="/code")
        assert after(*YES, command=accept(KEO)) == refuses(AlreadyRegistered)
        assert after(opened(), command=accept(KEO)) == refuses(NotFound)
        assert after(*NO, started(), command=accept(KEO)) == refuses(WrongPhase, phase="in-session")

    def test_is_no_more_his_to_give_where_somebody_stands_for_somebody(self) -> None:
        instead = represented(KEO, by=NOY)
        assert after(*YES, instead, command=accept(KEO)) == refuses(AnswerFinal, state="represented")
        assert after(*YES, instead, withdrawn(NOY), command=accept(NOY)) == refuses(AnswerFinal, state="withdrawn")

    def test_gets_a_ticket_again_and_only_with_a_seat(self) -> None:
        before: list[Step] = [opened(seats=1), registered(KEO), withdrawn(KEO)]
        first, second = jobs_after(*before[:2]), jobs_after(*before, reinstated(KEO))
        assert [job.kind for job in (*first, *second)] == ["issue-ticket", "issue-ticket"]
        assert first[0].name != second[0].name
        assert jobs_after(*before, registered(NOY), reinstated(KEO, state="waitlisted", position=1)) == []


async def changed(service: RegistrationService, path: str, told: dict[str, Any], step: str, **more: str) -> Any:
    """What came of a change of one's own answer: its status, and its state or its problem."""
    body = {"code": told["code"], **more}
    done = await service.anybody.post(f"{path}/registrations/{told['registration_id']}/{step}", body)
    return (done.status_code, done.json().get("state") or done.json()["code"])


async def read(service: RegistrationService, path: str, told: dict[str, Any]) -> dict[str, Any]:
    """One's own view."""
    shown = {"Registration-Code": told["code"]}
    seen = await service.http.get(f"{path}/registrations/{told['registration_id']}", headers=shown)
    assert seen.status_code == 200, seen.text
    found: dict[str, Any] = seen.json()
    return found


async def counts(service: RegistrationService, path: str) -> tuple[int, ...]:
    figures = await service.statistics(path)
    return tuple(figures[name] for name in ("answered", "confirmed", "declined", "withdrawn"))


async def test_an_answer_is_changed_as_often_as_somebody_changes_his_mind(service: RegistrationService) -> None:
    path = await service.opened(policy="by-invitation")
    seat = await service.registered(path, 1, link=await service.invited(path, seats=1))
    assert await counts(service, path) == (1, 1, 0, 0)
    assert await changed(service, path, seat, "decline", reason="ລາພັກ") == (200, "declined")
    assert (await counts(service, path), (await read(service, path, seat))["reason"]) == ((1, 0, 1, 0), "ລາພັກ")
    assert await changed(service, path, seat, "accept") == (200, "confirmed")
    assert (await counts(service, path), (await read(service, path, seat))["reason"]) == ((1, 1, 0, 0), None)
    assert await changed(service, path, seat, "withdraw") == (200, "withdrawn")
    assert await changed(service, path, seat, "accept") == (200, "confirmed")
    assert await counts(service, path) == (1, 1, 0, 0)
    assert await changed(service, path, seat, "accept") == (409, "AlreadyRegistered")


async def test_who_has_declined_by_link_may_come_by_his_code_or_by_the_link(service: RegistrationService) -> None:
    path = await service.opened(policy="by-invitation")
    link = await service.invited(path)
    declines = [
        (await service.anybody.post(f"{path}/declines", {**answer(number, link=link), "reason": "ລາພັກ"})).json()
        for number in (1, 2)
    ]
    assert await changed(service, path, declines[0], "accept") == (200, "confirmed")
    again = await service.registered(path, 2, link=link, given_name="ຊື່ໃໝ່")
    assert again["registration_id"] == declines[1]["registration_id"]
    assert (await read(service, path, again))["given_name"] == "ຊື່ໃໝ່"
    assert await counts(service, path) == (2, 2, 0, 0)
    assert await service.value("SELECT used FROM invitation") == 2


async def test_whoever_comes_back_gets_a_ticket_that_is_good(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await service.worked()
    first = (await read(service, path, seat))["ticket"]
    await service.withdrawn(path, seat)
    assert (await read(service, path, seat))["ticket"] is None
    assert await changed(service, path, seat, "accept") == (200, "confirmed")
    await service.worked()
    second = (await read(service, path, seat))["ticket"]
    assert await service.scanned(path, {"ticket": first}, {"ticket": second}) == [
        ("refused", "revoked"),
        ("checked-in", None),
    ]


async def test_one_registered_anew_cannot_be_reinstated_beside(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    seat = await shared_service.registered(path, 1, link=link)
    await shared_service.withdrawn(path, seat)
    await shared_service.registered(path, 1, link=link)
    assert await changed(shared_service, path, seat, "accept") == (409, "AlreadyRegistered")


async def test_one_who_changes_his_mind_all_day_has_to_wait(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    for _ in range(5):
        await service.withdrawn(path, seat)
        assert await changed(service, path, seat, "accept") == (200, "confirmed")
    await service.withdrawn(path, seat)
    assert await changed(service, path, seat, "accept") == (429, "TooManyRequests")


async def test_he_sees_what_has_changed_since_his_answer(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    seats = [await service.registered(path, number) for number in (1, 2)]
    later = {"starts_at": (START + timedelta(days=1)).isoformat(), "ends_at": (START + timedelta(days=2)).isoformat()}
    for venue in ("ຫ້ອງປະຊຸມໃຫຍ່", "ຫ້ອງໃໝ່"):
        moved = await service.organiser.post(f"{path}/reschedule", {**later, "venue": {"lo": venue}})
        assert moved.status_code == 200
    late = await service.registered(path, 3)
    await service.withdrawn(path, seats[0])
    told = await read(service, path, seats[1])
    assert [(one["old_starts_at"], one["old_venue"]["lo"]) for one in told["moves"]] == [
        ("2022-09-19T01:30:00Z", "ຫ້ອງປະຊຸມໃຫຍ່"),
        ("2022-09-20T01:30:00Z", "ຫ້ອງປະຊຸມໃຫຍ່"),
    ]
    assert (told["promotion_reason"], told["promoted_at"] is None) == ("seat-freed", False)
    unmoved = await read(service, path, late)
    assert (unmoved["moves"], unmoved["promotion_reason"], unmoved["place"]) == ([], None, 1)
    assert await changed(service, path, seats[0], "accept") == (200, "waitlisted")
    back = await read(service, path, seats[0])
    assert (back["moves"], back["place"]) == ([], 2)


@pytest.mark.parametrize("step", ["decline", "accept"])
async def test_a_wrong_code_changes_nothing(shared_service: RegistrationService, step: str) -> None:
    path = await shared_service.opened()
    seat = await shared_service.registered(path, 1)
    wrong = {**seat, "code": "222222"}
    assert await changed(shared_service, path, wrong, step, **({"reason": "ລາພັກ"} if step == "decline" else {})) == (
        403,
        "NotPermitted",
    )
    unread = await shared_service.anybody.post(f"{path}/registrations/{seat['registration_id']}/{step}", {})
    assert code_of(unread)[:2] == (422, "InvalidRequest")
