"""Invitations: until when they hold, sent again, taken back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain.invitation_commands import InvitationCommand
from services.registration.domain.refusals import AlreadyInvited, ExpiryPassed, LinkNotKept, RevokedInvitation
from shared.kernel import NotFound, NotPermitted
from tests.registration.commands import decline, extend, invite, move, register, resend, revoke
from tests.registration.facts import (
    ELSEWHERE,
    EXPIRY,
    extended,
    invited,
    moved,
    opened,
    registered,
    resent,
    revoked,
    withdrawn,
)
from tests.registration.running_service import NEVER, START, RegistrationService, answer, code_of
from tests.registration.scenario import END, KEO, NOW, NOY, OTHER_ORGANISER, Step, after, refuses

DAY = timedelta(days=1)
LATER = EXPIRY + DAY
INVITED: list[Step] = [opened(), invited()]
CHANGES = [extend(until=LATER), resend(), revoke()]


def test_a_body_gets_more_time() -> None:
    assert after(*INVITED, command=extend(until=LATER)) == [extended(until=LATER)]
    assert after(*INVITED, extended(until=LATER), command=register(KEO, link="MOF", at=EXPIRY)) == [
        registered(KEO, link=True)
    ]


def test_the_same_time_again_changes_nothing_and_a_past_one_is_refused() -> None:
    assert after(*INVITED, command=extend(until=EXPIRY)) == []
    assert after(*INVITED, command=extend(until=NOW)) == refuses(ExpiryPassed, at="/expires_at")


def test_an_expired_invitation_lives_again_when_it_is_extended() -> None:
    assert after(*INVITED, command=extend(until=LATER, at=EXPIRY)) == [extended(until=LATER)]


def test_the_same_link_is_resent_while_it_can_be_used() -> None:
    assert after(*INVITED, command=resend()) == [resent()]
    assert after(*INVITED, extended(until=LATER), command=resend(at=EXPIRY)) == [resent(until=LATER)]
    assert after(*INVITED, command=resend(at=EXPIRY)) == refuses(ExpiryPassed)


def test_a_revoked_link_opens_nothing_and_seats_that_were_taken_stay() -> None:
    gone: list[Step] = [*INVITED, registered(KEO, link=True), revoked()]
    assert after(*INVITED, command=revoke()) == [revoked()]
    assert after(*gone, command=register(NOY, link="MOF")) == refuses(RevokedInvitation, at="/invitation")
    assert after(*gone, command=decline(NOY)) == refuses(RevokedInvitation, at="/invitation")
    assert after(*gone, withdrawn(KEO), command=register(KEO, link="MOF")) == refuses(
        RevokedInvitation, at="/invitation"
    )


@pytest.mark.parametrize("command", CHANGES, ids=lambda one: type(one).__name__)
def test_a_revoked_invitation_is_not_changed_but_the_body_may_be_invited_anew(command: InvitationCommand) -> None:
    assert after(*INVITED, revoked(), command=command) == refuses(RevokedInvitation)
    assert after(*INVITED, revoked(), command=invite()) == [invited()]
    assert after(*INVITED, command=invite()) == refuses(AlreadyInvited, at="/organisation")


@pytest.mark.parametrize("command", CHANGES, ids=lambda one: type(one).__name__)
def test_an_invitation_that_is_not_there_is_not_changed(command: InvitationCommand) -> None:
    assert after(opened(), command=command) == refuses(NotFound)


def test_nobody_else_changes_an_invitation() -> None:
    strangers = [
        extend(until=LATER, by=OTHER_ORGANISER),
        resend(by=OTHER_ORGANISER),
        revoke(by=OTHER_ORGANISER),
    ]
    assert [after(*INVITED, command=command) for command in strangers] == [
        refuses(NotPermitted, roles=["organiser"])
    ] * 3


@pytest.mark.parametrize(
    ("to", "at", "until"),
    [
        (START + DAY, NOW, EXPIRY + DAY),
        (START + 3 * DAY, EXPIRY + DAY, EXPIRY + 3 * DAY),
        (EXPIRY - DAY, NOW, EXPIRY - DAY),
    ],
    ids=["later", "later, when it was over: its link works again", "before it was to end"],
)
def test_a_move_says_until_when_each_invitation_may_be_answered_now(
    to: datetime, at: datetime, until: datetime
) -> None:
    move_it = replace(move(to, to + (END - START)), at=at)
    told = extended(until=until).model_copy(update={"with_meeting": True})
    assert after(*INVITED, command=move_it) == [told, moved(to=to, until=to + (END - START))]


@pytest.mark.parametrize(
    ("steps", "to", "at"),
    [
        ([*INVITED, revoked()], START + DAY, NOW),
        (INVITED, START - timedelta(hours=1), NOW),
        (INVITED, START + DAY, EXPIRY + 2 * DAY),
        ([opened(), invited(until=START + 9 * DAY)], START - DAY, NOW),
    ],
    ids=["revoked", "earlier, but not before it ends", "over and stays over", "ends after the beginning"],
)
def test_a_move_leaves_other_invitations_alone(steps: list[Step], to: datetime, at: datetime) -> None:
    move_it = replace(move(to, to + (END - START)), at=at)
    assert after(*steps, command=move_it) == [moved(to=to, until=to + (END - START))]


def test_another_place_moves_no_invitation() -> None:
    assert after(*INVITED, command=move(venue=ELSEWHERE)) == [moved(venue=ELSEWHERE)]


async def invitation_of(service: RegistrationService, path: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await service.organiser.get(f"{path}/invitations", **query)).json()["items"]
    return items


async def test_an_invitation_is_extended_resent_and_revoked(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    (known,) = await invitation_of(service, path)
    at = f"{path}/invitations/{known['invitation_id']}"
    for step, body in (
        ("extend", {"expires_at": "2098-01-01T00:00:00Z"}),
        ("resend", None),
        ("revoke", {"reason": "ເຊີນຜິດ"}),
    ):
        done = await service.organiser.post(f"{at}/{step}", body)
        assert (done.status_code, done.json()["invitation_id"]) == (200, known["invitation_id"])
    (changed,) = await invitation_of(service, path)
    assert (changed["expires_at"], changed["revoked_at"] is None) == ("2098-01-01T00:00:00Z", False)
    refused = await service.anybody.post(f"{path}/registrations", answer(1, link=link))
    assert code_of(refused) == (403, "RevokedInvitation", "/invitation")
    assert await service.invited(path) != link
    assert len(await invitation_of(service, path)) == 2
    facts = [json.loads(row["payload"]) for row in await service.rows("SELECT payload FROM outbox")]
    kept = [fact["sealed_link"] for fact in facts if "sealed_link" in fact]
    assert (len(kept), len(set(kept))) == (3, 2)  # the first was sent twice


async def test_an_invitation_of_an_earlier_version_cannot_be_resent(service: RegistrationService) -> None:
    path = await service.opened()
    await service.invited(path)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE invitation SET sealed_link = NULL")
    (known,) = await invitation_of(service, path)
    refused = await service.organiser.post(f"{path}/invitations/{known['invitation_id']}/resend")
    assert code_of(refused)[:2] == (409, LinkNotKept.__name__)


async def test_the_organiser_sees_who_has_not_answered(service: RegistrationService) -> None:
    path = await service.opened()
    links = {body: await service.invited(path, body=body) for body in ("MOF", "MOH", "MPI")}
    await service.registered(path, 1, link=links["MOF"])
    declined = await service.anybody.post(
        f"{path}/declines", {**answer(2, body="MOH", link=links["MOH"]), "reason": "ລາພັກ"}
    )
    assert declined.status_code == 201
    seen = {one["organisation"]: (one["used"], one["declined"]) for one in await invitation_of(service, path)}
    assert seen == {"MOF": (1, 0), "MOH": (0, 1), "MPI": (0, 0)}
    assert [one["organisation"] for one in await invitation_of(service, path, answered="false")] == ["MPI"]
    assert {one["organisation"] for one in await invitation_of(service, path, answered="true")} == {"MOF", "MOH"}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(3, timedelta(days=1)), (-1, -timedelta(days=2)), (-3, -timedelta(days=3))],
    ids=["later", "earlier", "earlier than the deadline"],
)
async def test_the_deadline_follows_a_meeting_that_moves(
    service: RegistrationService, days: int, expected: timedelta
) -> None:
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
    path = await service.opened(**schedule(starts_at))
    await service.invited(path, until=(starts_at - timedelta(days=2)).isoformat())
    to = schedule(starts_at + timedelta(days=days))
    moved = await service.organiser.post(f"{path}/reschedule", {**to, "venue": {"lo": "ຫ້ອງ"}})
    assert moved.status_code == 200
    (known,) = await invitation_of(service, path)
    assert datetime.fromisoformat(known["expires_at"]) - starts_at == expected


async def test_a_deadline_after_the_beginning_is_left_alone_when_the_meeting_is_earlier(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    await service.invited(path, until=NEVER)
    to = schedule(START - timedelta(days=1))
    moved = await service.organiser.post(f"{path}/reschedule", {**to, "venue": {"lo": "ຫ້ອງ"}})
    assert moved.status_code == 200
    (known,) = await invitation_of(service, path)
    assert known["expires_at"] == NEVER


def schedule(starts_at: datetime) -> dict[str, str]:
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=2)).isoformat()}


async def test_many_bodies_are_invited_at_once_and_each_has_its_verdict(service: RegistrationService) -> None:
    path = await service.opened()
    await service.invited(path, body="MOH")
    mobile, nothing = {"given_name": "ກ", "rank": 60, "mobile": "020 5557 0001"}, {"given_name": "ຂ", "rank": 60}
    bodies = [("MOF", mobile), ("MOH", mobile), ("ZZZZ", mobile), ("MAF", nothing), ("MICT", mobile)]
    rows = [{"organisation": body, "seats": 2, "contact": contact, "expires_at": NEVER} for body, contact in bodies]
    told = await service.organiser.post(f"{path}/invitations/bulk", {"rows": rows}, idempotency_key="group")
    assert told.status_code == 200, told.text
    assert [(one["row"], one["organisation"], one["code"], one["field"]) for one in told.json()["refused"]] == [
        (1, "MOH", "AlreadyInvited", "/rows/1/organisation"),
        (2, "ZZZZ", "OrganisationUnknown", "/rows/2/organisation"),
        (3, "MAF", "ContactMissing", "/rows/3/contact/mobile"),
    ]
    assert [one["organisation"] for one in told.json()["invited"]] == ["MOF", "MICT"]
    again = await service.organiser.post(f"{path}/invitations/bulk", {"rows": rows}, idempotency_key="group")
    assert again.json() == told.json()
    assert len(await invitation_of(service, path)) == 3
    assert (await service.registered(path, 1, link=told.json()["invited"][0]["token"]))["state"] == "confirmed"
    assert await service.value("SELECT count(*) FROM person WHERE given_name IN ('ກ', 'ຂ')") == 2
    draft = await service.drafted()
    refused = await service.organiser.post(f"{draft}/invitations/bulk", {"rows": rows[:1]})
    assert [one["code"] for one in refused.json()["refused"]] == ["WrongPhase"]
