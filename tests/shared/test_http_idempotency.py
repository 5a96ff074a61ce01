"""`Idempotency-Key` on a real database: one effect, one answer, whatever is sent how often and whenever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY

from shared.database import Connection, Database
from shared.http import IdempotencyKeyReused, Reply, RequestInFlight, once
from shared.http.idempotency import RequestAttempt
from shared.kernel import Actor, NotFound, NotPermitted, Role
from tests.shared.provider import Provider
from tests.shared.sample_service import Taken, application, client

ACTOR = Actor(subject="u-1", roles=frozenset({Role.DESK}), organisation="MTC")
STRANGER = Actor(subject="anonymous")
ATTEMPT = RequestAttempt(key="k-1", fingerprint=b"one")


@pytest.fixture
async def caller(database: Database, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(database, provider.verifier())) as opened:
        opened.headers["authorization"] = f"Bearer {provider.token('desk', subject='u-1')}"
        yield opened


async def effects(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [row["what"] for row in await connection.fetch("SELECT what FROM effect ORDER BY id")]


async def leave_more(connection: Connection) -> Reply:
    number = await connection.fetchval("INSERT INTO effect DEFAULT VALUES RETURNING id")
    return Reply(status=201, body=Taken(id=number, what="ກອງປະຊຸມ"))


async def leave(connection: Connection) -> Reply:
    await connection.execute("INSERT INTO effect (what) VALUES ('x')")
    return Reply(status=201, body=Taken(id=1, what="ກອງປະຊຸມ"), headers={"location": "/v1/seats/1"})


async def test_the_same_request_takes_effect_once_and_is_answered_alike(
    caller: httpx.AsyncClient, database: Database
) -> None:
    replays = REGISTRY.get_sample_value("pasum_idempotent_replays_total") or 0
    headers = {"idempotency-key": "k-1"}
    first, second = [await caller.post("/v1/seats", json={"what": "ກ"}, headers=headers) for _ in range(2)]
    assert (first.status_code, first.content, first.headers["etag"]) == (201, second.content, second.headers["etag"])
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")
    assert (second.status_code, second.headers["content-type"]) == (201, "application/json")
    assert (await effects(database), REGISTRY.get_sample_value("pasum_idempotent_replays_total")) == (
        ["ກ"],
        replays + 1,
    )


async def test_without_a_key_each_request_is_its_own(caller: httpx.AsyncClient, database: Database) -> None:
    answers = [await caller.post("/v1/seats", json={"what": what}) for what in ("a", "b", "a")]
    assert ([one.status_code for one in answers], await effects(database)) == ([201, 201, 409], ["a", "b"])


async def test_another_request_under_the_same_key_is_refused(caller: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "k-1"}
    await caller.post("/v1/seats", json={"what": "a"}, headers=headers)
    answers = [
        await caller.post("/v1/seats", json={"what": "b"}, headers=headers),
        await caller.post("/v1/seats?x=1", json={"what": "a"}, headers=headers),
    ]
    assert [one.json()["code"] for one in answers] == ["IdempotencyKeyReused"] * 2


async def test_a_key_belongs_to_its_actor(caller: httpx.AsyncClient, provider: Provider, database: Database) -> None:
    headers = {"idempotency-key": "k-1"}
    await caller.post("/v1/seats", json={"what": "a"}, headers=headers)
    headers |= {"authorization": f"Bearer {provider.token('desk', subject='u-2')}"}
    answer = await caller.post("/v1/seats", json={"what": "b"}, headers=headers)
    assert (answer.status_code, await effects(database)) == (201, ["a", "b"])


async def test_under_another_resource_it_is_another_key(database: Database) -> None:
    places = [RequestAttempt(key="k-1", fingerprint=place, place=place) for place in (b"POST /a", b"POST /b")]
    first, second = [await once(each, leave_more, database=database, actor=ACTOR) for each in places]
    assert (first.body == second.body, len(await effects(database))) == (False, 2)


async def test_strangers_with_one_key_neither_hinder_nor_answer_for_each_other(database: Database) -> None:
    sent = [RequestAttempt(key="k-1", fingerprint=body, place=b"POST /a") for body in (b"Keo", b"Noy", b"Keo")]
    answers = [await once(each, leave_more, database=database, actor=STRANGER) for each in sent]
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, None, "true"]
    assert (answers[0].body, answers[0].body == answers[1].body) == (answers[2].body, False)


@pytest.mark.parametrize(
    "actor",
    [
        Actor(subject="u-1", roles=frozenset({Role.CHAIR}), organisation="MTC"),
        Actor(subject="u-1", roles=frozenset({Role.DESK}), organisation="MOF"),
        Actor(subject="u-1", organisation="MTC"),
    ],
    ids=["another role", "another body", "no role"],
)
async def test_who_has_lost_a_right_is_not_given_the_answer_again(actor: Actor, database: Database) -> None:
    await once(ATTEMPT, leave, database=database, actor=ACTOR)
    with pytest.raises(NotPermitted):
        await once(ATTEMPT, leave, database=database, actor=actor)
    assert await effects(database) == ["x"]


async def test_who_has_gained_a_right_is_answered_again(database: Database) -> None:
    await once(ATTEMPT, leave, database=database, actor=ACTOR)
    promoted = Actor(subject="u-1", roles=frozenset({Role.DESK, Role.CHAIR}), organisation="MTC")
    again = await once(ATTEMPT, leave, database=database, actor=promoted)
    assert (again.headers["idempotency-replayed"], await effects(database)) == ("true", ["x"])


async def test_a_refusal_leaves_nothing_and_is_decided_anew(caller: httpx.AsyncClient, database: Database) -> None:
    await caller.post("/v1/seats", json={"what": "a"})
    headers = {"idempotency-key": "k-1"}
    refused = await caller.post("/v1/seats", json={"what": "a"}, headers=headers)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM effect")
    accepted = await caller.post("/v1/seats", json={"what": "a"}, headers=headers)
    assert ((refused.status_code, refused.json()["details"]), accepted.status_code) == ((409, {"seats": 0}), 201)
    assert accepted.headers.get("idempotency-replayed") is None


@pytest.mark.parametrize("key", ["", " ", "a b", "ກ", "x" * 256, "a\tb"])
async def test_a_key_is_visible_ascii(key: str, caller: httpx.AsyncClient, database: Database) -> None:
    answer = await caller.post("/v1/seats", json={"what": "a"}, headers={b"idempotency-key": key.encode()})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["in"], error["field"]) == (422, "header", "/Idempotency-Key")
    assert await effects(database) == []


async def test_the_second_of_two_at_once_is_told_to_wait(database: Database) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection) -> Reply:
        inside.set()
        await go_on.wait()
        return await leave(connection)

    first = asyncio.create_task(once(ATTEMPT, slow, database=database, actor=ACTOR))
    await inside.wait()
    with pytest.raises(RequestInFlight):
        await once(ATTEMPT, leave, database=database, actor=ACTOR)
    go_on.set()
    assert ((await first).status_code, await effects(database)) == (201, ["x"])


async def test_twenty_at_once_take_effect_once(caller: httpx.AsyncClient, database: Database) -> None:
    sent = [caller.post("/v1/seats", json={"what": "a"}, headers={"idempotency-key": "k-1"}) for _ in range(20)]
    statuses = {answer.status_code for answer in await asyncio.gather(*sent)}
    assert (statuses | {409}, await effects(database)) == ({201, 409}, ["a"])


async def test_one_that_commits_between_look_and_lock_is_not_overwritten(database: Database) -> None:
    async def overtaken(connection: Connection) -> Reply:
        async with database.transaction() as other:
            await other.execute("INSERT INTO idempotency_key VALUES ('u-1 ', 'k-1', 'one', 200, '{}', '', now())")
        return await leave(connection)

    with pytest.raises(RequestInFlight):
        await once(ATTEMPT, overtaken, database=database, actor=ACTOR)
    assert await effects(database) == []


async def test_a_violation_of_the_acts_own_is_passed_on(database: Database) -> None:
    await once(ATTEMPT, leave, database=database, actor=ACTOR)
    with pytest.raises(asyncpg.UniqueViolationError):
        await once(RequestAttempt(key="k-2", fingerprint=b"two"), leave, database=database, actor=ACTOR)


async def test_a_crash_frees_the_key(database: Database) -> None:
    async def crash(connection: Connection) -> Reply:
        await leave(connection)
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("not reached")

    with pytest.raises(Exception) as broken:  # noqa: PT011 -- which one depends on the moment
        await once(ATTEMPT, crash, database=database, actor=ACTOR)
    answer = await once(ATTEMPT, leave, database=database, actor=ACTOR)
    assert (isinstance(broken.value, AssertionError), answer.status_code, await effects(database)) == (
        False,
        201,
        ["x"],
    )


async def test_an_empty_answer_is_repeated_empty(database: Database) -> None:
    async def nothing(_: Connection) -> Reply:
        return Reply(status=204)

    first, second = [await once(ATTEMPT, nothing, database=database, actor=ACTOR) for _ in range(2)]
    assert [(one.status_code, one.body) for one in (first, second)] == [(204, b"")] * 2


async def test_what_the_act_refuses_is_raised(database: Database) -> None:
    async def refuse(connection: Connection) -> Reply:
        await leave(connection)
        raise NotFound

    for attempt in (ATTEMPT, RequestAttempt(key=None, fingerprint=b"")):
        with pytest.raises(NotFound):
            await once(attempt, refuse, database=database, actor=ACTOR)
    assert await effects(database) == []


async def test_a_reused_key_is_not_in_flight(database: Database) -> None:
    await once(ATTEMPT, leave, database=database, actor=ACTOR)
    with pytest.raises(IdempotencyKeyReused):
        await once(RequestAttempt(key="k-1", fingerprint=b"two"), leave, database=database, actor=ACTOR)


def test_the_document_offers_the_header(provider: Provider) -> None:
    document: dict[str, Any] = application(Database(""), provider.verifier()).openapi()
    (header,) = document["paths"]["/v1/seats"]["post"]["parameters"]
    assert (header["name"], header["in"], header["required"]) == ("Idempotency-Key", "header", False)
