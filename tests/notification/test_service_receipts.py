"""Receipts behind the door: signed, kept first, early, twice, for nobody; and what they say of a message."""

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
from tests.notification import saying
from tests.notification.doors import SECRET, Doors, open_doors
from tests.notification.office import Office

AT = "2022-09-01T08:30:00+07:00"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
KEPT = "SELECT status, repeated, message_id IS NOT NULL FROM receipt ORDER BY id"


@pytest.fixture
async def doors(office: Office) -> AsyncIterator[Doors]:
    async with open_doors(office) as opened:
        yield opened


@pytest.fixture(name="office")
async def told(office: Office) -> Office:
    """One SMS is to be sent."""
    await office.hear(saying.person(), saying.declined())
    return office


async def call_back(
    doors: Doors, status: Any = "delivered", *, key: UUID | None = None, secret: str = SECRET, **members: Any
) -> httpx.Response:
    """What the gateway does; a text that we would refuse as JSON it calls plain."""
    kind = members.pop("content_type", "application/json")
    body = json.dumps({"id": "0000000001", "status": status, "at": AT, "key": str(key) if key else None, **members})
    signature = sign(body.encode(), secret=secret, timestamp=int(datetime.now(UTC).timestamp()))
    headers = {SIGNATURE_HEADER: signature, "content-type": kind}
    return await doors.client.post("/v1/receipts/sms", content=body, headers=headers)


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
async def test_a_receipt_says_what_became_of_an_sms(office: Office, doors: Doors, status: str, ends: str) -> None:
    await office.work()
    assert (await call_back(doors, status)).status_code == 204
    assert [found for _, _, found, _ in await office.messages()] == [ends]
    assert await office.rows(KEPT) == [(status, 0, True)]


async def test_a_receipt_that_overtakes_the_answer_is_parked_until_it_commits(office: Office, doors: Doors) -> None:
    [job] = await office.jobs()
    answer = await office.ask(job)
    await call_back(doors)
    assert await office.rows(KEPT) == [("delivered", 0, False)]
    assert await office.messages() == [("declined", "sms", "sending", None)]
    await office.answer(job, answer)
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    assert await office.said() == ["message-created", "message-sent", "message-delivered"]


async def test_however_answer_and_receipt_race_none_is_lost(office: Office, doors: Doors) -> None:
    for round_ in range(10):
        await office.hear(saying.declined())
        [*_, job] = await office.jobs()
        answer = await office.ask(job)
        number, key = len(office.providers.sms), office.providers.sms[-1].key
        known = None if round_ % 2 else key
        await asyncio.gather(call_back(doors, id=number, key=known), office.answer(job, answer))
    assert await office.rows("SELECT count(*) FROM message WHERE status = 'delivered'") == [(10,)]
    assert await office.rows("SELECT count(*) FROM receipt WHERE message_id IS NULL") == [(0,)]


async def overtaken(office: Office, doors: Doors, answer: Answer, **receipt: Any) -> None:
    """The answer of a job is written and not yet committed while a receipt of the same attempt comes."""
    async with office.database.transaction() as connection:
        await answer(connection)
        coming = asyncio.create_task(call_back(doors, **receipt))
        while not coming.done() and await office.rows(WAITING) == [(0,)]:
            pass  # it is kept, and waits for us
    assert (await coming).status_code == 204


async def test_a_receipt_between_the_look_for_receipts_and_the_commit_is_not_lost(office: Office, doors: Doors) -> None:
    [job] = await office.jobs()
    await overtaken(office, doors, await office.ask(job), id="1")  # it says only what the provider calls the message
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    assert await office.rows(KEPT) == [("delivered", 0, True)]


async def test_a_receipt_between_a_postponement_and_its_commit_is_not_lost(office: Office, doors: Doors) -> None:
    office.providers.trouble.append(OutcomeUnknown("the gateway"))
    [job] = await office.jobs()
    answer = await office.ask(job)
    [(key,)] = await office.rows("SELECT key FROM attempt")
    await overtaken(office, doors, answer, key=key)
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    assert await office.rows(KEPT) == [("delivered", 0, True)]


async def test_a_receipt_twice_changes_nothing(office: Office, doors: Doors) -> None:
    await office.work()
    for _ in range(3):
        assert (await call_back(doors)).status_code == 204
    assert await office.rows(KEPT) == [("delivered", 2, True)]
    assert await office.said() == ["message-created", "message-sent", "message-delivered"]


async def test_a_contrary_receipt_after_the_end_is_kept_and_overwrites_nothing(office: Office, doors: Doors) -> None:
    await office.work()
    await call_back(doors, "undeliverable")
    await call_back(doors, "delivered")
    assert await office.messages() == [("declined", "sms", "permanent-failure", "undeliverable")]
    assert await office.rows(KEPT) == [("undeliverable", 0, True), ("delivered", 0, True)]


async def test_a_forged_receipt_is_refused_and_not_kept(office: Office, doors: Doors) -> None:
    await office.work()
    answer = await call_back(doors, secret="another secret")  # noqa: S106 -- of this test alone
    assert (answer.status_code, answer.json()["code"], await office.rows(KEPT)) == (401, "ReceiptNotAuthentic", [])


async def test_an_authentic_receipt_that_says_nothing_is_refused(office: Office, doors: Doors) -> None:
    answer = await call_back(doors, id="")
    assert (answer.status_code, answer.json()["code"], await office.rows(KEPT)) == (422, "ReceiptUnreadable", [])


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T00:00:00Z", "yesterday", None, 5]
)
async def test_a_receipt_whose_time_cannot_be_true_counts_by_our_clock(office: Office, doors: Doors, at: Any) -> None:
    await office.work()
    before = datetime.now(UTC)
    for _ in range(2):
        assert (await call_back(doors, at=at)).status_code == 204
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    [(told, repeated)] = await office.rows("SELECT at, repeated FROM receipt")
    assert (before <= told <= datetime.now(UTC), repeated) == (True, 1)


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
@pytest.mark.parametrize(
    ("written", "status"),
    [("x" * 3_000, "delivered"), ("a\x00b", "delivered"), ("\ud800", "on the moon"), (10**3_000, "\x00"), (1, [])],
    ids=["long", "NUL", "surrogate", "digits", "list"],
)
async def test_whatever_a_receipt_holds_is_kept_or_refused_and_never_our_failure(
    office: Office, doors: Doors, written: Any, status: Any, content_type: str
) -> None:
    await office.work()
    [(key,)] = await office.rows("SELECT key FROM attempt")
    assert (await call_back(doors, status, id=written, key=key, content_type=content_type)).status_code == 204
    ends = "delivered" if status == "delivered" else "sent"
    assert await office.messages() == [("declined", "sms", ends, None)]


@pytest.mark.parametrize("body", [b"\x00", b'{"id": "\x00"}', b"\xff", b"", b"[]", b'"x"', b"1" * 5_000])
async def test_a_body_that_is_none_is_refused(doors: Doors, body: bytes) -> None:
    signature = sign(body, secret=SECRET, timestamp=int(datetime.now(UTC).timestamp()))
    headers = {SIGNATURE_HEADER: signature, "content-type": "text/plain"}
    answer = await doors.client.post("/v1/receipts/sms", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "ReceiptUnreadable")


async def test_who_gives_up_looks_first_at_what_the_receipts_say(office: Office, doors: Doors) -> None:
    [job] = await office.jobs()
    await office.ask(job)  # and the process dies, again and again
    await call_back(doors, key=office.providers.sms[0].key)
    last = replace(job, attempts=MAX_ATTEMPTS)
    await office.run("ALTER TABLE message RENAME TO elsewhere")
    answer = await office.ask(last)
    await office.run("ALTER TABLE elsewhere RENAME TO message")
    await office.answer(last, answer)
    assert await office.messages() == [("declined", "sms", "delivered", None)]


async def test_a_receipt_for_nobody_is_kept_and_counted(office: Office, doors: Doors) -> None:
    assert (await call_back(doors, key=uuid4())).status_code == 204
    counts = await doors.get("/v1/receipts/counts", "operator")
    assert counts.json() == {"kept": 1, "repeated": 0, "unmatched": 1}
    assert await office.messages() == [("declined", "sms", "created", None)]


async def test_after_a_crash_the_receipt_tells_and_nothing_is_sent_again(office: Office, doors: Doors) -> None:
    [job] = await office.jobs()
    await office.ask(job)  # and the process dies
    await call_back(doors, key=office.providers.sms[0].key)
    await office.work(attempts=2)
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    assert (len(office.providers.sms), await office.outcomes()) == (1, ["unknown"])


async def test_a_receipt_ends_a_message_whose_submission_nobody_knows_about(office: Office, doors: Doors) -> None:
    office.providers.trouble.append(OutcomeUnknown("the gateway"))
    [job] = await office.jobs()
    await office.answer(job, await office.ask(job))
    [(key,)] = await office.rows("SELECT key FROM attempt")
    await call_back(doors, key=key)
    assert await office.messages() == [("declined", "sms", "delivered", None)]
    await office.hurry()
    await office.work()
    assert (office.providers.sms, await office.said()) == (
        [],
        ["message-created", "message-sent", "message-delivered"],
    )


async def test_the_history_of_a_message_shows_attempts_and_receipts(office: Office, doors: Doors) -> None:
    [job] = await office.jobs()
    await office.ask(job)
    await office.answer(job, await office.ask(replace(job, attempts=2)))
    await call_back(doors)
    found = (await doors.get(f"/v1/messages/{await office.only()}", "secretary")).json()
    assert [(each["number"], each["outcome"]) for each in found["attempts"]] == [(1, "unknown"), (2, "sent")]
    assert [each["status"] for each in found["receipts"]] == ["delivered"]
    assert (found["status"], found["parts"]) == ("delivered", 1)
    assert found["status_en"] == "The provider says that it has arrived."
