"""What a stranger with much time and one telephone number can bring about, and where it ends."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from services.registration import main
from services.registration.api.check_in.check_ins import SCANS
from services.registration.domain.inviting import INVITATIONS
from services.registration.domain.meeting import decide
from services.registration.domain.refusals import MeetingFull
from services.registration.domain.registering import SHORTEST_QUEUE
from services.registration.flows import CODE_ALPHABET
from services.registration.settings import RegistrationSettings
from services.registration.store.meeting import load_meeting
from shared.kernel import LimitReached
from tests.registration.commands import invite, register
from tests.registration.facts import opened as open_meeting
from tests.registration.running_service import (
    START,
    RegistrationService,
    answer,
    code_of,
    http_application,
    meeting,
    together,
)
from tests.registration.running_service import person as somebody
from tests.registration.scenario import KEO, meeting_after
from tests.shared.provider import Provider

Opened = Callable[..., AbstractAsyncContextManager[RegistrationService]]


@pytest.fixture
def opened(settings_with_database: RegistrationSettings, provider: Provider) -> Opened:
    """The service with other limits, and its callers."""

    @asynccontextmanager
    async def open_with(*, client: str = "192.0.2.1", **limits: int) -> AsyncIterator[RegistrationService]:
        built = main.build(settings_with_database.model_copy(update=limits))
        await built.database.open()
        transport = httpx.ASGITransport(http_application(built), client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://registration.test") as http:
            yield RegistrationService(built, http, provider)
        await built.database.close()

    return open_with


def codes(count: int) -> list[str]:
    """Guesses."""
    return [f"2222{first}{second}" for first in CODE_ALPHABET for second in CODE_ALPHABET][:count]


def told(answers: list[httpx.Response]) -> Counter[tuple[int, str | None]]:
    return Counter((each.status_code, each.json()["code"] if each.is_error else None) for each in answers)


async def test_coming_and_going_again_and_again_ends(shared_service: RegistrationService) -> None:
    path, answers = await shared_service.opened(capacity=2), []
    for _ in range(15):
        answers.append(await shared_service.anybody.post(f"{path}/registrations", answer(1)))
        if answers[-1].status_code == 201:
            await shared_service.withdrawn(path, answers[-1].json())
    assert told(answers) == {(201, None): 5, (429, "TooManyRequests"): 10}
    assert answers[-1].json()["details"]["limit"] == "answers-of-contact"
    assert int(answers[-1].headers["retry-after"]) in range(1, 86_400 // 5 + 1)
    assert (await shared_service.registered(path, 2))["state"] == "confirmed"  # somebody else


async def test_who_is_refused_for_another_reason_has_used_nothing(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    await shared_service.registered(path, 1, link=link)
    again = [await shared_service.anybody.post(f"{path}/registrations", answer(1, link=link)) for _ in range(9)]
    assert told(again) == {(409, "AlreadyRegistered"): 9}


async def test_the_same_request_sent_again_counts_once(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    sent = [
        await shared_service.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k-1") for _ in range(9)
    ]
    assert told(sent) == {(201, None): 9}


async def test_by_a_link_of_one_seat_no_crowd_declines(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path, seats=1)
    bodies = [{**answer(number, link=link), "reason": "ລາພັກ"} for number in range(8)]
    answers = [await shared_service.anybody.post(f"{path}/declines", body) for body in bodies]
    assert told(answers) == {(201, None): 4, (409, "DeclinesExhausted"): 4}
    assert answers[-1].json()["details"] == {"allowed": 4}
    other = await shared_service.invited(path, body="MOH", seats=1)
    declined = {**answer(9, body="MOH", link=other), "reason": "ລາພັກ"}
    assert (await shared_service.anybody.post(f"{path}/declines", declined)).status_code == 201


@pytest.mark.parametrize("route", ["withdraw", "representative"])
async def test_whoever_guesses_codes_waits(route: str, opened: Opened) -> None:
    async with opened() as service:
        path = await service.opened()
        seat = await service.registered(path, 1)
        there = f"{path}/registrations/{seat['registration_id']}/{route}"
        person = {"representative": somebody(2)} if route == "representative" else {}
        guesses = [{"code": code, **person} for code in codes(60)]
        answers = await together(*(service.anybody.post(there, guess) for guess in guesses))
        assert told(answers) == {(403, "NotPermitted"): 5, (429, "TooManyRequests"): 55}
        right = await service.anybody.post(there, {"code": seat["code"], **person})
        assert (code_of(right)[:2], right.headers["retry-after"]) == ((429, "TooManyRequests"), "1")
        assert (await service.statistics(path))["confirmed"] == 1


async def test_whoever_guesses_at_many_registrations_waits(opened: Opened) -> None:
    async with opened() as service:
        path = await service.opened()
        nobody = "00000000-0000-7000-8000-0000000000{:02d}"
        there = [f"{path}/registrations/{nobody.format(number)}/withdraw" for number in range(30)]
        answers = [await service.anybody.post(each, {"code": "222222"}) for each in there]
        assert told(answers) == {(404, "NotFound"): 20, (429, "TooManyRequests"): 10}


@pytest.mark.parametrize("route", ["registrations", "groups", "declines", "by turns"])
async def test_whoever_tries_out_links_to_answer_by_waits_longer_and_longer(route: str, opened: Opened) -> None:
    async with opened() as service, opened(client="192.0.2.2") as other:
        path = await service.opened()
        link = await service.invited(path)
        routes = ["registrations", "groups", "declines"] if route == "by turns" else [route]
        sent = [(routes[number % len(routes)], f"{number:016}") for number in range(25)]
        answers = [await service.anybody.post(f"{path}/{there}", _by_link(there, token)) for there, token in sent]
        assert told(answers) == {(403, "InvitationUnknown"): 20, (429, "TooManyRequests"): 5}
        right = await service.anybody.post(f"{path}/registrations", answer(1, link=link))
        assert (code_of(right)[:2], right.headers["retry-after"]) == ((429, "TooManyRequests"), "1")
        headers = {"Invitation-Token": link}
        assert (await service.http.get("/v1/invitation", headers=headers)).status_code == 429  # one count for all
        assert (await other.anybody.post(f"{path}/registrations", answer(1, link=link))).status_code == 201


def _by_link(route: str, token: str) -> dict[str, object]:
    """A request that shows the link with this token."""
    if route == "groups":
        return {"organisation": "MOF", "people": [somebody(1), somebody(2)], "invitation": token}
    return {**answer(1, link=token), **({"reason": "ລາພັກ"} if route == "declines" else {})}


async def test_a_desk_that_reads_in_nothing_but_wrong_codes_waits(opened: Opened) -> None:
    async with opened() as service:
        path = await service.opened()
        scans = [{"nonce": code, "scanned_at": START.isoformat(), "code": code} for code in codes(60)]
        desk, there = service.as_("desk", subject="kham"), f"{path}/check-ins"
        done = await desk.post(there, {"device": "desk-1", "scans": scans})
        assert {each["reason"] for each in done.json()["results"]} == {"unknown"}
        again = {"device": "desk-1", "scans": scans[:1]}
        assert code_of(await desk.post(there, again))[:2] == (429, "TooManyRequests")
        assert (await service.as_("desk", subject="noy").post(there, again)).status_code == 200


@pytest.mark.parametrize(
    ("setting", "limit"),
    [
        ("anonymous_writes_per_minute", "anonymous-writes"),
        ("answers_per_link_per_minute", "answers-by-link"),
        ("answers_per_meeting_per_minute", "answers-to-meeting"),
    ],
)
async def test_a_crowd_is_held_back_by_each_limit(setting: str, limit: str, opened: Opened) -> None:
    async with opened(**{setting: 3}) as service:
        path = await service.opened()
        link = await service.invited(path, seats=9)
        there = f"{path}/registrations"
        answers = [await service.anybody.post(there, answer(number, link=link)) for number in range(5)]
        assert told(answers) == {(201, None): 3, (429, "TooManyRequests"): 2}
        assert (answers[-1].json()["details"]["limit"], answers[-1].headers["retry-after"]) == (limit, "20")


async def test_one_account_drafts_so_many_meetings_a_day(opened: Opened) -> None:
    async with opened(drafts_per_organiser_per_day=2) as service:
        answers = [await service.organiser.post("/v1/meetings", meeting()) for _ in range(3)]
        assert told(answers) == {(201, None): 2, (429, "TooManyRequests"): 1}


def test_a_meeting_invites_so_many_bodies() -> None:
    open_ = meeting_after(open_meeting())
    assert len(decide(replace(open_, invitations=INVITATIONS - 1), invite())) == 1
    with pytest.raises(LimitReached) as refused:
        decide(replace(open_, invitations=INVITATIONS), invite())
    assert refused.value.details == {"what": "invitations", "limit": INVITATIONS}


@pytest.mark.parametrize(("capacity", "longest"), [(1, SHORTEST_QUEUE), (2_000, 2_000)])
def test_so_many_wait_for_a_seat(capacity: int, longest: int) -> None:
    full = replace(meeting_after(open_meeting(seats=capacity)), confirmed=capacity)
    assert len(decide(replace(full, waitlisted=longest - 1), register(KEO))) == 1
    with pytest.raises(MeetingFull):
        decide(replace(full, waitlisted=longest), register(KEO))


async def test_invitations_are_counted(service: RegistrationService) -> None:
    path = await service.opened()
    await service.invited(path)
    meeting_id = UUID(path.rpartition("/")[2])
    async with service.database.transaction() as connection:
        assert (await load_meeting(connection, meeting_id, invite("MOH"))).invitations == 1


async def test_one_device_sends_so_many_scans(service: RegistrationService) -> None:
    path = await service.opened()
    async with service.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO check_in (meeting_id, device, nonce, reason, offline, scanned_at, received_at)
            SELECT $1, 'desk-1', n::text, 'unknown', false, now(), now() FROM generate_series(1, $2::int) AS n
            """,
            UUID(path.rpartition("/")[2]),
            SCANS,
        )
    scan = {"nonce": "new", "scanned_at": START.isoformat(), "code": "222222"}
    answers = [
        await service.as_("desk").post(f"{path}/check-ins", {"device": device, "scans": [scan]})
        for device in ("desk-1", "desk-2")
    ]
    assert told(answers) == {(409, "LimitReached"): 1, (200, None): 1}
    assert answers[0].json()["details"] == {"what": "scans", "limit": SCANS}
