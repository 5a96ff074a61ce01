"""Receipts as the route takes them: signed, kept first, early, twice, for nobody; and what they say of a message."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notification.adapters.http_sms import SIGNATURE_HEADER, sign
from services.notification.ports import OutcomeUnknown
from shared.messaging.jobs import MAX_ATTEMPTS, Answer
from tests.notification import scenario
from tests.notification.callers import Callers, serving
from tests.notification.running_service import SECRET, NotificationService

AT = "2022-09-01T08:30:00+07:00"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
KEPT = "SELECT status, repeated, message_id IS NOT NULL FROM receipt ORDER BY id"


@pytest.fixture
async def callers(service: NotificationService) -> AsyncIterator[Callers]:
    async with serving(service) as opened:
        yield opened


@pytest.fixture(name="service")
async def told(service: NotificationService) -> NotificationService:
    """One SMS is to be sent."""
    await service.hear(scenario.person(), scenario.declined())
    return service


async def call_back(
    callers: Callers, status: Any = "delivered", *, key: UUID | None = None, secret: str = SECRET, **members: Any
) -> httpx.Response:
    """What the gateway does; a text that we would refuse as JSON it calls plain."""
    kind = members.pop("content_type", "application/json")
    body = json.dumps({"id": "0000000001", "status": status, "at": AT, "key": str(key) if key else None, **members})
    signature = sign(body.encode(), secret=secret, timestamp=int(datetime.now(UTC).timestamp()))
    headers = {SIGNATURE_HEADER: signature, "content-type": kind}
    return await callers.client.post("/v1/receipts/sms", content=body, headers=headers)


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        ("delivered", "delivered"),
        ("undeliverable", "permanent-failure"),
        ("rejected", "permanent-failure"),
        ("expired", "expired"),
        ("accepted", "sent"),
    ],
)
async def test_a_receipt_says_what_became_of_an_sms(
    service: NotificationService, callers: Callers, status: str, ends: str
) -> None:
    await service.work()
    assert (await call_back(callers, status)).status_code == 204
    assert [found for _, _, found, _ in await service.messages()] == [ends]
    assert await service.rows(KEPT) == [(status, 0, True)]


async def test_a_receipt_that_overtakes_the_answer_is_parked_until_it_commits(
    service: NotificationService, callers: Callers
) -> None:
    [job] = await service.jobs()
    answer = await service.ask(job)
    await call_back(callers)
    assert await service.rows(KEPT) == [("delivered", 0, False)]
    assert await service.messages() == [("declined", "sms", "sending", None)]
    await service.answer(job, answer)
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    assert await service.said() == ["message-created", "message-sent", "message-delivered"]


async def test_however_answer_and_receipt_race_none_is_lost(service: NotificationService, callers: Callers) -> None:
    for round_ in range(10):
        await service.hear(scenario.declined())
        [*_, job] = await service.jobs()
        answer = await service.ask(job)
        number, key = len(service.providers.sms), service.providers.sms[-1].key
        known = None if round_ % 2 else key
        await asyncio.gather(call_back(callers, id=number, key=known), service.answer(job, answer))
    assert await service.rows("SELECT count(*) FROM message WHERE status = 'delivered'") == [(10,)]
    assert await service.rows("SELECT count(*) FROM receipt WHERE message_id IS NULL") == [(0,)]


async def overtaken(service: NotificationService, callers: Callers, answer: Answer, **receipt: Any) -> None:
    """The answer of a job is written and not yet committed while a receipt of the same attempt comes."""
    async with service.database.transaction() as connection:
        await answer(connection)
        coming = asyncio.create_task(call_back(callers, **receipt))
        while not coming.done() and await service.rows(WAITING) == [(0,)]:
            pass  # it is kept, and waits for us
    assert (await coming).status_code == 204


async def test_a_receipt_between_the_look_for_receipts_and_the_commit_is_not_lost(
    service: NotificationService, callers: Callers
) -> None:
    [job] = await service.jobs()
    await overtaken(
        service, callers, await service.ask(job), id="1"
    )  # it says only what the provider calls the message
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    assert await service.rows(KEPT) == [("delivered", 0, True)]


async def test_a_receipt_between_a_postponement_and_its_commit_is_not_lost(
    service: NotificationService, callers: Callers
) -> None:
    service.providers.trouble.append(OutcomeUnknown("the gateway"))
    [job] = await service.jobs()
    answer = await service.ask(job)
    [(key,)] = await service.rows("SELECT key FROM attempt")
    await overtaken(service, callers, answer, key=key)
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    assert await service.rows(KEPT) == [("delivered", 0, True)]


async def test_a_receipt_twice_changes_nothing(service: NotificationService, callers: Callers) -> None:
    await service.work()
    for _ in range(3):
        assert (await call_back(callers)).status_code == 204
    assert await service.rows(KEPT) == [("delivered", 2, True)]
    assert await service.said() == ["message-created", "message-sent", "message-delivered"]


async def test_a_contrary_receipt_after_the_end_is_kept_and_overwrites_nothing(
    service: NotificationService, callers: Callers
) -> None:
    await service.work()
    await call_back(callers, "undeliverable")
    await call_back(callers, "delivered")
    assert await service.messages() == [("declined", "sms", "permanent-failure", "undeliverable")]
    assert await service.rows(KEPT) == [("undeliverable", 0, True), ("delivered", 0, True)]


async def test_a_forged_receipt_is_refused_and_not_kept(service: NotificationService, callers: Callers) -> None:
    await service.work()
    answer = await call_back(callers, secret="another secret")  # noqa: S106 -- of this test alone
    assert (answer.status_code, answer.json()["code"], await service.rows(KEPT)) == (401, "ReceiptNotAuthentic", [])


async def test_an_authentic_receipt_that_says_nothing_is_refused(
    service: NotificationService, callers: Callers
) -> None:
    answer = await call_back(callers, id="")
    assert (answer.status_code, answer.json()["code"], await service.rows(KEPT)) == (422, "ReceiptUnreadable", [])


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T00:00:00Z", "yesterday", None, 5]
)
async def test_a_receipt_whose_time_cannot_be_true_counts_by_our_clock(
    service: NotificationService, callers: Callers, at: Any
) -> None:
    await service.work()
    before = datetime.now(UTC)
    for _ in range(2):
        assert (await call_back(callers, at=at)).status_code == 204
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    [(told, repeated)] = await service.rows("SELECT at, repeated FROM receipt")
    assert (before <= told <= datetime.now(UTC), repeated) == (True, 1)


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
@pytest.mark.parametrize(
    ("written", "status"),
    [("x" * 3_000, "delivered"), ("a\x00b", "delivered"), ("\ud800", "on the moon"), (10**3_000, "\x00"), (1, [])],
    ids=["long", "NUL", "surrogate", "digits", "list"],
)
async def test_whatever_a_receipt_holds_is_kept_or_refused_and_never_our_failure(
    service: NotificationService, callers: Callers, written: Any, status: Any, content_type: str
) -> None:
    await service.work()
    [(key,)] = await service.rows("SELECT key FROM attempt")
    assert (await call_back(callers, status, id=written, key=key, content_type=content_type)).status_code == 204
    ends = "delivered" if status == "delivered" else "sent"
    assert await service.messages() == [("declined", "sms", ends, None)]


@pytest.mark.parametrize("body", [b"\x00", b'{"id": "\x00"}', b"\xff", b"", b"[]", b'"x"', b"1" * 5_000])
async def test_a_body_that_is_none_is_refused(callers: Callers, body: bytes) -> None:
    signature = sign(body, secret=SECRET, timestamp=int(datetime.now(UTC).timestamp()))
    headers = {SIGNATURE_HEADER: signature, "content-type": "text/plain"}
    answer = await callers.client.post("/v1/receipts/sms", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "ReceiptUnreadable")


async def test_who_gives_up_looks_first_at_what_the_receipts_say(
    service: NotificationService, callers: Callers
) -> None:
    [job] = await service.jobs()
    await service.ask(job)  # and the process dies, again and again
    await call_back(callers, key=service.providers.sms[0].key)
    last = replace(job, attempts=MAX_ATTEMPTS)
    await service.run("ALTER TABLE message RENAME TO elsewhere")
    answer = await service.ask(last)
    await service.run("ALTER TABLE elsewhere RENAME TO message")
    await service.answer(last, answer)
    assert await service.messages() == [("declined", "sms", "delivered", None)]


async def test_a_receipt_for_nobody_is_kept_and_counted(service: NotificationService, callers: Callers) -> None:
    assert (await call_back(callers, key=uuid4())).status_code == 204
    counts = await callers.get("/v1/receipts/counts", "operator")
    assert counts.json() == {"kept": 1, "repeated": 0, "unmatched": 1}
    assert await service.messages() == [("declined", "sms", "created", None)]


async def test_after_a_crash_the_receipt_tells_and_nothing_is_sent_again(
    service: NotificationService, callers: Callers
) -> None:
    [job] = await service.jobs()
    await service.ask(job)  # and the process dies
    await call_back(callers, key=service.providers.sms[0].key)
    await service.work(attempts=2)
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    assert (len(service.providers.sms), await service.outcomes()) == (1, ["unknown"])


async def test_a_receipt_ends_a_message_whose_submission_nobody_knows_about(
    service: NotificationService, callers: Callers
) -> None:
    service.providers.trouble.append(OutcomeUnknown("the gateway"))
    [job] = await service.jobs()
    await service.answer(job, await service.ask(job))
    [(key,)] = await service.rows("SELECT key FROM attempt")
    await call_back(callers, key=key)
    assert await service.messages() == [("declined", "sms", "delivered", None)]
    await service.pass_time()
    await service.work()
    assert (service.providers.sms, await service.said()) == (
        [],
        ["message-created", "message-sent", "message-delivered"],
    )


async def test_the_history_of_a_message_shows_attempts_and_receipts(
    service: NotificationService, callers: Callers
) -> None:
    [job] = await service.jobs()
    await service.ask(job)
    await service.answer(job, await service.ask(replace(job, attempts=2)))
    await call_back(callers)
    found = (await callers.get(f"/v1/messages/{await service.only()}", "secretary")).json()
    assert [(each["number"], each["outcome"]) for each in found["attempts"]] == [(1, "unknown"), (2, "sent")]
    assert [each["status"] for each in found["receipts"]] == ["delivered"]
    assert (found["status"], found["parts"]) == ("delivered", 1)
    assert found["status_en"] == "The provider says that it has arrived."
