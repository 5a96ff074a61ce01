"""The rows on PostgreSQL: exact under concurrency, numbered without a gap, forgotten on demand."""

from collections import Counter
from contextvars import copy_context
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registration import flows
from services.registration.api.registrations import registrations, seats
from services.registration.domain.commands import OpenMeeting, WithdrawParticipant
from services.registration.domain.refusals import AlreadyExists
from services.registration.seed import load_organisations
from services.registration.settings import RegistrationSettings
from services.registration.store import MEETINGS
from services.registration.tables import METADATA
from shared.application import execute
from shared.contracts import Fact
from shared.contracts.notification import (
    MessageCancelled,
    MessageCreated,
    MessageDelivered,
    MessageFailed,
    MessageHeld,
    MessageSent,
)
from shared.database import select
from shared.kernel import Actor, Role, StaleVersion
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import handle_run
from shared.service import database_of
from shared.tables import METADATA as KERNEL
from tests.registration.running_service import (
    RegistrationService,
    answer,
    code_of,
    person,
    registration_request,
    together,
)
from tests.registration.scenario import MEETING, NOW, named
from tests.shared.bus import subscribed

RACERS = 20


async def race(service: RegistrationService, path: str, bodies: list[dict[str, Any]]) -> Counter[str]:
    """All answer at once: how many were confirmed, waitlisted, refused by which rule."""
    answers = await together(*(service.anybody.post(f"{path}/registrations", body) for body in bodies))
    return Counter(told.get("state") or told["code"] for told in (one.json() for one in answers))


async def everything(service: RegistrationService) -> dict[str, list[asyncpg.Record]]:
    """Every row of the database, by table."""
    async with service.database.reading() as connection:
        tables = [*METADATA.sorted_tables, *KERNEL.sorted_tables]
        return {table.name: await select(connection, table.select()) for table in tables}


async def test_many_racers_take_exactly_the_seats_there_are(service: RegistrationService) -> None:
    path = await service.opened(capacity=5)
    assert await race(service, path, [answer(number) for number in range(RACERS)]) == {"confirmed": 5, "waitlisted": 15}
    places = await service.rows("SELECT position FROM registration WHERE state = 'waitlisted' ORDER BY position")
    assert [row["position"] for row in places] == list(range(1, 16))
    counted = await service.rows("SELECT confirmed, waitlisted, queue_last, version FROM meeting")
    assert [tuple(row) for row in counted] == [(5, 15, 15, 2 + RACERS)]


async def test_many_racers_of_one_body_take_exactly_its_seats(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path, seats=3)
    bodies = [answer(number, link=link) for number in range(RACERS)]
    assert await race(service, path, bodies) == {"confirmed": 3, "InvitationExhausted": 17}
    assert await service.value("SELECT used FROM invitation") == 3


async def test_the_same_person_wins_one_seat_however_often_he_tries_at_once(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    assert await race(service, path, [answer(1, link=link)] * 4) == {"confirmed": 1, "AlreadyRegistered": 3}
    assert await service.value("SELECT count(*) FROM person WHERE given_name = 'ຄົນທີ 1'") == 1


async def test_people_who_leave_at_once_free_a_seat_each(service: RegistrationService) -> None:
    path = await service.opened(capacity=3)
    seats = [await service.registered(path, number) for number in range(8)]
    await together(*(service.withdrawn(path, seat) for seat in seats[:3]))
    rows = await service.rows("SELECT state, promoted, count(*) FROM registration GROUP BY 1, 2 ORDER BY 1, 2")
    assert [tuple(row) for row in rows] == [("confirmed", True, 3), ("waitlisted", False, 2), ("withdrawn", False, 3)]


async def test_facts_are_numbered_without_a_gap_and_never_twice(service: RegistrationService) -> None:
    path = await service.opened(capacity=5)
    await race(service, path, [answer(number % 15) for number in range(RACERS)])
    rows = await service.rows("SELECT aggregate_seq FROM outbox WHERE aggregate_type = 'meeting' ORDER BY id")
    assert [row["aggregate_seq"] for row in rows] == list(range(1, 2 + RACERS + 1))
    assert await service.value("SELECT version FROM meeting") == len(rows)


async def test_a_refusal_leaves_nothing_behind(service: RegistrationService) -> None:
    path = await service.opened(capacity=1, waiting_list="none")
    await service.registered(path, 1)
    before = await everything(service)
    refused = await service.anybody.post(f"{path}/registrations", answer(2), idempotency_key="k")
    assert code_of(refused) == (409, "MeetingFull", None)
    assert await everything(service) == before


async def test_a_code_that_is_taken_is_drawn_again(
    service: RegistrationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await service.opened()
    draws = iter(["222222", "333333", "444444"])
    monkeypatch.setattr(registrations, "new_code", lambda: "222222")  # chance, held still
    monkeypatch.setattr(flows, "new_code", lambda: next(draws))
    told = await together(*(service.registered(path, number) for number in range(3)))
    assert sorted(seat["code"] for seat in told) == ["222222", "333333", "444444"]


async def test_two_codes_alike_are_drawn_again_by_the_next_try(
    service: RegistrationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await service.opened()
    draws = iter(["222222", "333333"])
    monkeypatch.setattr(registrations, "new_code", lambda: "222222")  # chance, held still
    monkeypatch.setattr(seats, "new_code", lambda: next(draws))
    seat = await service.registered(path, 1)
    body = {"code": seat["code"], "representative": person(2)}
    sending = f"{path}/registrations/{seat['registration_id']}/representative"
    taken = await service.anybody.post(sending, body, idempotency_key="k")
    assert (code_of(taken), taken.headers["retry-after"]) == ((503, "Unavailable", None), "1")
    again = await service.anybody.post(sending, body, idempotency_key="k")
    assert again.json()["code"] == "333333"


async def test_who_has_seen_an_older_version_is_told(service: RegistrationService) -> None:
    path = await service.drafted()
    first, second = await together(*(service.organiser.post(f"{path}/open", if_match='"1"') for _ in range(2)))
    assert sorted([first.status_code, second.status_code]) == [200, 412]
    stale = first if first.status_code == 412 else second
    assert code_of(stale) == (412, "StaleVersion", None)
    assert stale.json()["details"] == {"version": 2}


async def test_a_row_that_moved_under_us_is_not_overwritten(service: RegistrationService) -> None:
    path = await service.drafted()
    meeting_id = UUID(path.rsplit("/", 1)[1])
    command = OpenMeeting(actor=Actor(subject="o", roles=frozenset({Role.ORGANISER}), organisation="MTC"), at=NOW)
    async with service.database.transaction() as connection:
        before = await MEETINGS.load(connection, meeting_id, command)
        facts = MEETINGS.decide(before, command)
        after = MEETINGS.evolve(before, facts[0])
        await connection.execute("UPDATE meeting SET version = 9")
        with pytest.raises(StaleVersion):
            await MEETINGS.save(connection, before, after, facts)


async def test_an_identifier_is_used_once(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    request = registration_request(path, 2)
    again = replace(request, command=replace(request.command, registration_id=UUID(seat["registration_id"])))
    with pytest.raises(AlreadyExists):
        async with service.database.transaction() as connection:
            await flows.register_participants(connection, [(again, copy_context())])


async def test_a_registration_goes_no_other_way_than_in_a_batch(service: RegistrationService) -> None:
    request = registration_request(await service.opened(), 1)
    with pytest.raises(TypeError):
        async with service.database.transaction() as connection:
            await execute(connection, MEETINGS, request.meeting_id, request.command)


async def test_a_meeting_that_is_not_there_has_no_seats(service: RegistrationService) -> None:
    command = WithdrawParticipant(actor=Actor(subject="s"), at=NOW, registration_id=MEETING, code="222222", reason=None)
    async with service.database.transaction() as connection:
        assert (await MEETINGS.load(connection, MEETING, command)).version == 0


async def test_an_erased_person_is_forgotten_and_the_figures_stay(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1, email="keo@example.la", family_name="ແກ້ວ")
    body = {**answer(2, link=link), "reason": "ໄປໂຮງໝໍ"}
    await service.anybody.post(f"{path}/declines", body)
    persons = [row["person_id"] for row in await service.rows("SELECT person_id FROM registration ORDER BY state")]
    for person_id in persons:
        assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    left = await service.rows("SELECT * FROM person WHERE person_id = ANY($1::uuid[])", persons)
    kept = {name for row in left for name, value in row.items() if value is not None}
    assert kept == {"person_id", "version"}
    rows = await service.rows("SELECT state, mobile, email, reason FROM registration ORDER BY state")
    assert [tuple(row) for row in rows] == [("confirmed", None, None, None), ("declined", None, None, None)]
    listed = (await service.organiser.get(f"{path}/registrations")).json()["items"]
    assert [one["given_name"] for one in listed] == [None, None]
    said = await service.rows(
        "SELECT key, payload FROM outbox WHERE type = 'registration.person-erased.v1' ORDER BY id"
    )
    assert [(row["key"], row["payload"]) for row in said] == [(str(person_id), None) for person_id in persons]
    assert (await service.statistics(path))["answered"] == 2
    assert await service.scanned(path, {"code": seat["code"]}) == [("checked-in", None)]
    again = await service.as_("operator").post(f"/v1/persons/{persons[0]}/erase")
    assert code_of(again) == (404, "NotFound", None)


async def test_an_erased_person_may_register_again(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    person_id = await service.value("SELECT person_id FROM registration")
    await service.as_("operator").post(f"/v1/persons/{person_id}/erase")
    assert (await service.registered(path, 1))["state"] == "confirmed"


async def test_no_link_is_kept_only_its_hash(service: RegistrationService) -> None:
    path = await service.opened()
    invitation = {
        "organisation": "MOF",
        "seats": 1,
        "expires_at": "2099-01-01T00:00:00Z",
        "contact": {"given_name": "ກ", "rank": 60, "email": "mof@example.la"},
    }
    made = await service.organiser.post(f"{path}/invitations", invitation, idempotency_key="k")
    again = await service.organiser.post(f"{path}/invitations", invitation, idempotency_key="k")
    assert (again.json(), again.headers["idempotency-replayed"]) == (made.json(), "true")
    kept = [str(value) for rows in (await everything(service)).values() for row in rows for value in row.values()]
    assert [value for value in kept if made.json()["token"] in value] == []


FATES: dict[str, list[type[Fact]]] = {
    "sms created": [MessageCreated],
    "sms sent": [MessageCreated, MessageSent],
    "sms delivered": [MessageCreated, MessageSent, MessageDelivered],
    "sms permanent-failure": [MessageCreated, MessageSent, MessageFailed],
    "sms cancelled": [MessageCreated, MessageCancelled],
}


def said(kind: type[Fact], message: UUID, meeting: UUID) -> Envelope:
    """One fact of notification as the consumer hands it over."""
    members = {
        "message_id": message,
        "meeting_id": meeting,
        "person_id": MEETING,
        "channel": "sms",
        "template": "registered",
        "cause": MEETING,
        "attempt": 1,
        "parts": 1,
        "sent_at": NOW,
        "delivered_at": NOW,
        "kind": "permanent-failure",
        "reason": "person-erased",
    }
    known: dict[str, Any] = dict.fromkeys(("id", "source", "type", "subject", "correlation_id"), "x")
    unknown: dict[str, Any] = dict.fromkeys(("sequence", "actor", "traceparent", "payload"))
    return Envelope(**known, **unknown, time=NOW, data=kind(**members))


async def test_the_fate_of_messages_is_counted_beside_the_registrations(service: RegistrationService) -> None:
    path = await service.opened()
    meeting = UUID(path.rsplit("/", 1)[1])
    heard = [said(kind, named(fate), meeting) for fate, kinds in FATES.items() for kind in kinds]
    held, unknown = said(MessageHeld, named("held"), meeting), replace(heard[0], data=None)
    async with service.database.transaction() as connection:
        await handle_run(connection, subscribed(service.built).handler, [*heard, heard[0], held, unknown])
    assert (await service.statistics(path))["messages"] == {**dict.fromkeys(FATES, 1)}


async def test_the_bodies_that_ship_are_recorded_once_and_later_edits_win(
    service: RegistrationService, settings_with_database: RegistrationSettings
) -> None:
    await service.as_("operator").put("/v1/organisations/MTC", {"name": {"lo": "ຊື່ໃໝ່"}, "protocol_order": 5})
    before = await service.value("SELECT count(*) FROM outbox")
    await load_organisations(database_of(settings_with_database))
    assert await service.value("SELECT count(*) FROM outbox") == before
    assert await service.value("SELECT name_lo FROM organisation WHERE code = 'MTC'") == "ຊື່ໃໝ່"
