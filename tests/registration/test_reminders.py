"""Bodies that have not answered are reminded: by the policy of the meeting, and when the organiser asks for it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.registration.domain.invitation import Invitation
from services.registration.domain.refusals import InvitationExpired, RevokedInvitation
from services.registration.domain.reminders.commands import RemindInvitation, RemindInvitations
from services.registration.domain.reminders.refusals import AlreadyAnswered, ToldLately
from services.registration.domain.reminders.reminding import why_not
from services.registration.effects.reminders import order_due_reminders
from shared.contracts.registration import Admission, InvitationReminded
from shared.kernel import Actor, NotFound, NotPermitted, Refusal
from tests.registration.commands import register
from tests.registration.facts import (
    EXPIRY,
    cancelled,
    declined,
    extended,
    invited,
    opened,
    registered,
    revoked,
    withdrawn,
)
from tests.registration.running_service import RegistrationService, answer
from tests.registration.scenario import (
    END,
    KEO,
    NOW,
    ORGANISER,
    OTHER_ORGANISER,
    SERVICE,
    START,
    Step,
    after,
    meeting_after,
    named,
    refuses,
)
from tests.registration.test_invitation_answers import listed
from tests.registration.test_inviting import schedule

DAY = timedelta(days=1)
INVITED: list[Step] = [opened(), invited()]


def due(hours: int = 24, *, at: datetime = EXPIRY - DAY) -> RemindInvitation:
    """The answer of the job, at the time that the policy wants."""
    return RemindInvitation(actor=SERVICE, at=at, invitation_id=named("invitation MOF"), hours_before=hours)


def remind(*bodies: str, by: Actor = ORGANISER, at: datetime = NOW) -> RemindInvitations:
    """All that have not answered, where none is named."""
    ids = frozenset(named(f"invitation {body}") for body in bodies) if bodies else None
    return RemindInvitations(actor=by, at=at, invitation_ids=ids)


def reminded(body: str = "MOF", *, hours: int | None = None, until: datetime = EXPIRY) -> InvitationReminded:
    told = invited(body)
    known = {name: getattr(told, name) for name in InvitationReminded.model_fields if hasattr(told, name)}
    return InvitationReminded(**known, answer_by=until, hours_before=hours)


@pytest.mark.parametrize(("hours", "before"), [(72, 3 * DAY), (24, DAY)])
def test_a_body_that_has_not_answered_is_reminded_when_the_policy_says_so(hours: int, before: timedelta) -> None:
    assert after(*INVITED, command=due(hours, at=EXPIRY - before)) == [reminded(hours=hours)]


@pytest.mark.parametrize(
    "steps",
    [
        [*INVITED, registered(KEO, link=True)],
        [*INVITED, declined(KEO)],
        [*INVITED, registered(KEO, link=True), withdrawn(KEO)],
        [*INVITED, revoked()],
        [*INVITED, cancelled()],
        [*INVITED, extended(until=EXPIRY + DAY)],
        [opened(admission=Admission(reminders=(48,))), invited()],
        [opened(admission=Admission(reminders=())), invited()],
        [opened()],
    ],
    ids=["accepted", "declined", "withdrawn", "revoked", "cancelled", "more time", "other days", "never", "gone"],
)
def test_nobody_is_reminded_of_what_has_changed_since_the_job_was_written(steps: list[Step]) -> None:
    assert after(*steps, command=due()) == []


def test_nobody_is_reminded_too_late() -> None:
    assert after(*INVITED, command=due(at=EXPIRY)) == []


def test_the_time_to_answer_ends_with_the_deadline_of_the_meeting_or_its_beginning() -> None:
    deadline = EXPIRY - DAY
    closing: list[Step] = [opened(admission=Admission(closes_at=deadline)), invited()]
    assert after(*closing, command=remind()) == [reminded(until=deadline)]
    late: list[Step] = [opened(), invited(until=END)]
    assert after(*late, command=remind()) == [reminded(until=START)]


def test_the_organiser_reminds_all_that_have_not_answered_or_those_whom_he_names() -> None:
    steps: list[Step] = [opened(), invited("MOF"), invited("MOH"), invited("MPI"), registered(KEO, link=True)]
    assert after(*steps, command=remind()) == [reminded("MOH"), reminded("MPI")]
    assert after(*steps, command=remind("MPI", "MOF")) == [reminded("MPI")]
    assert after(*steps, command=remind("MOES")) == refuses(NotFound, at="/invitation_ids")
    assert after(*steps, command=remind(by=OTHER_ORGANISER)) == refuses(NotPermitted, roles=["organiser"])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"revoked": True}, RevokedInvitation),
        ({"answered": True}, AlreadyAnswered),
        ({"expires_at": NOW}, InvitationExpired),
        ({"told_at": NOW - timedelta(hours=11)}, ToldLately),
        ({"told_at": NOW - timedelta(hours=12)}, None),
        ({"told_at": None}, None),
    ],
)
def test_who_is_not_reminded_is_told_why(members: dict[str, Any], expected: type[Refusal] | None) -> None:
    told = invited()
    known: dict[str, Any] = {
        name: getattr(told, name) for name in ("invitation_id", "organisation", "seats", "contact")
    }
    invitation = Invitation(**{**known, "used": 0, "expires_at": EXPIRY, **members})
    refusal = why_not(meeting_after(*INVITED), invitation, NOW)
    assert (type(refusal) if refusal else None) == expected


def test_a_reminder_changes_nothing_about_the_invitation() -> None:
    assert after(*INVITED, reminded(), command=register(KEO, link="MOF")) == [registered(KEO, link=True)]


async def told_long_ago(service: RegistrationService, hours: int = 13) -> None:
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE invitation SET told_at = told_at - $1 * interval '1 hour'", hours)


async def soon(service: RegistrationService, *, hours: float = 60, **members: Any) -> str:
    """The path of a meeting in so many hours, which has invited two bodies that may answer until it begins."""
    starts_at = datetime.now(UTC) + timedelta(hours=hours)
    path = await service.opened(**schedule(starts_at), **members)
    for body in ("MOF", "MOH"):
        await service.invited(path, body=body, until=starts_at.isoformat())
    return path


async def reminders_sent(service: RegistrationService, path: str) -> dict[str, int]:
    """By body how often it was reminded, once all that is due is done."""
    await order_due_reminders(service.database)
    await order_due_reminders(service.database)  # as another process does
    await service.worked()
    return {body: one["reminders"] for body, one in (await listed(service, path)).items()}


async def time_passes(service: RegistrationService, *, until_left: int) -> None:
    """The time to answer is over in so many hours, and nobody was told for a while."""
    async with service.database.transaction() as connection:
        await connection.execute(
            "UPDATE invitation SET expires_at = now() + $1 * interval '1 hour', told_at = now() - interval '1 day'",
            until_left,
        )


async def test_each_stage_reminds_each_body_once_until_it_answers(service: RegistrationService) -> None:
    path = await soon(service)
    assert await reminders_sent(service, path) == {"MOF": 0, "MOH": 0}  # invited when the first day had passed
    await told_long_ago(service)
    assert await reminders_sent(service, path) == {"MOF": 1, "MOH": 1}
    assert await reminders_sent(service, path) == {"MOF": 1, "MOH": 1}
    await time_passes(service, until_left=20)
    assert await reminders_sent(service, path) == {"MOF": 2, "MOH": 2}
    assert (await listed(service, path))["MOF"]["reminded_at"] == (await listed(service, path))["MOF"]["told_at"]


async def test_who_answers_is_not_reminded_any_more(service: RegistrationService) -> None:
    path = await soon(service, hours=200)
    link = await service.invited(path, body="MOES", until=(datetime.now(UTC) + timedelta(hours=100)).isoformat())
    no = {**answer(1, body="MOES", link=link), "reason": "ຕິດວຽກ"}
    assert (await service.anybody.post(f"{path}/declines", no)).status_code == 201
    await time_passes(service, until_left=20)
    assert await reminders_sent(service, path) == {"MOES": 0, "MOF": 1, "MOH": 1}


@pytest.mark.parametrize("step", ["cancel", "later", "never"])
async def test_a_meeting_that_changes_takes_its_reminders_along(service: RegistrationService, step: str) -> None:
    path = await soon(service, hours=70)
    await told_long_ago(service)
    starts_at = datetime.now(UTC) + timedelta(days=30)
    changes: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
        "cancel": lambda: service.organiser.post(f"{path}/cancel", {"reason": "ມີເຫດຈຳເປັນ"}),
        "later": lambda: service.organiser.post(f"{path}/reschedule", {**schedule(starts_at), "venue": {"lo": "ຫ້ອງ"}}),
        "never": lambda: service.organiser.patch(path, {"reminders": []}),
    }
    assert (await changes[step]()).status_code == 200
    assert await reminders_sent(service, path) == {"MOF": 0, "MOH": 0}


async def test_the_organiser_reminds_now_but_not_twice_within_hours(service: RegistrationService) -> None:
    path = await soon(service, hours=200)
    first = await service.organiser.post(f"{path}/invitations/remind")
    assert (first.status_code, first.json()["reminded"]) == (200, [])
    assert {one["code"] for one in first.json()["not_reminded"]} == {"ToldLately"}
    await told_long_ago(service)
    known = (await listed(service, path))["MOF"]["invitation_id"]
    named_one = {"invitation_ids": [known]}
    done = (await service.organiser.post(f"{path}/invitations/remind", named_one)).json()
    assert ([one["organisation"] for one in done["reminded"]], done["not_reminded"]) == (["MOF"], [])
    again = (await service.organiser.post(f"{path}/invitations/remind")).json()
    assert [one["organisation"] for one in again["reminded"]] == ["MOH"]
    (refused,) = again["not_reminded"]
    told_at, again_from = (datetime.fromisoformat(refused[name]) for name in ("told_at", "again_from"))
    assert (refused["organisation"], again_from - told_at) == ("MOF", timedelta(hours=12))
    assert (await listed(service, path))["MOF"]["reminders"] == 1


async def test_the_policy_says_when_bodies_are_reminded(service: RegistrationService) -> None:
    path = await service.drafted()
    assert (await service.organiser.get(path)).json()["reminders"] == [72, 24]
    assert (await service.organiser.patch(path, {"reminders": [4, 48, 4]})).status_code == 200
    assert (await service.organiser.get(path)).json()["reminders"] == [48, 4]
    for wrong in ([0], [721], [1, 2, 3, 4, 5, 6]):
        assert (await service.organiser.patch(path, {"reminders": wrong})).status_code == 422
