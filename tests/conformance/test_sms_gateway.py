"""Every SMS gateway: taken once per key, refusals named by what to do, receipts that arrive and can be trusted."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.responses import Response

from deploy.local.ports import free_port
from services.notification.adapters.http_sms import HttpSmsGateway, HttpSmsRoute, SignedReceipts
from services.notification.domain.states import ReceiptStatus
from services.notification.ports import (
    ProviderRefused,
    ProviderThrottled,
    Receipt,
    SmsSubmission,
)
from shared.kernel import Unavailable
from tests.conformance.counterparts import Listener, Program, listening, until

SECRET = "a secret of this test"  # noqa: S105 -- of this test alone
TEXT = "ລົງທະບຽນສຳເລັດ: ປະຊຸມ 19/09/2022, 08:30 ໂມງ. ລະຫັດ: A7K2Q9"


def sms(to: str = "+8562055551234", *, key: UUID | None = None, text: str = TEXT) -> SmsSubmission:
    return SmsSubmission(key=key or uuid4(), to=to, text=text, sender="MTC")


CALLBACK = free_port()
"""Where the shared simulator calls back; each test that listens listens there."""


def program(folder: Path, callback: int, *more: str) -> Program:
    port = free_port()
    arguments = ["--port", str(port), "--callback", f"http://127.0.0.1:{callback}/receipts", "--secret", SECRET]
    arguments += ["--folder", str(folder / "sms"), "--receipt-delay", "0.05", *more]
    return Program("deploy.local.sms_simulator", arguments, port, folder / "log")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One gateway for all tests that ask only about their own messages."""
    started = program(tmp_path_factory.mktemp("gateway"), CALLBACK)
    started.start()
    yield started
    started.kill()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening(CALLBACK) as started:
        yield started


@pytest.fixture
async def gateway(simulator: Program) -> AsyncIterator[HttpSmsGateway]:
    opened = HttpSmsGateway(HttpSmsRoute(url=simulator.url, secret=SECRET))
    yield opened
    await opened.close()


def taken(simulator: Program, message: SmsSubmission) -> list[dict[str, Any]]:
    """The messages that the gateway has under the message's key."""
    return [row for row in simulator.get("/messages") if row["key"] == str(message.key)]


def receipts(listener: Listener, *messages: SmsSubmission) -> list[Receipt]:
    """The receipts that have arrived for the messages, each checked and read."""
    keys = {message.key for message in messages}
    reader = SignedReceipts(SECRET)
    read = [reader.read(headers, body, now=datetime.now(UTC)) for headers, body in listener.asked]
    return [receipt for receipt in read if receipt.key in keys]


async def test_a_repetition_with_the_same_key_is_the_same_message(gateway: HttpSmsGateway, simulator: Program) -> None:
    message = sms()
    first = await gateway.submit(message)
    assert await gateway.submit(message) == first
    assert [(row["text"], row["requests"]) for row in taken(simulator, message)] == [(TEXT, 2)]


async def test_racing_submissions_of_one_key_are_one_message(gateway: HttpSmsGateway, simulator: Program) -> None:
    message = sms()
    results = await asyncio.gather(*(gateway.submit(message) for _ in range(10)))
    assert (len(set(results)), len(taken(simulator, message))) == (1, 1)


async def test_a_key_cannot_be_used_for_another_text(gateway: HttpSmsGateway, simulator: Program) -> None:
    message = sms()
    await gateway.submit(message)
    with pytest.raises(ProviderRefused) as refused:
        await gateway.submit(sms(key=message.key, text="ອື່ນ"))
    assert (refused.value.reason, refused.value.permanent) == ("key-reused", False)
    assert [row["text"] for row in taken(simulator, message)] == [TEXT]


@pytest.mark.parametrize(
    ("to", "status"),
    [
        ("+8562055551234", ReceiptStatus.DELIVERED),
        ("+8562055550001", ReceiptStatus.DELIVERED),
        ("+8562055550002", ReceiptStatus.UNDELIVERABLE),
        ("+8562055550003", ReceiptStatus.EXPIRED),
        ("+8562055550004", ReceiptStatus.REJECTED),
    ],
)
async def test_the_receipt_says_what_became_of_the_message(
    gateway: HttpSmsGateway, listener: Listener, to: str, status: ReceiptStatus
) -> None:
    message = sms(to)
    result = await gateway.submit(message)
    await until(lambda: receipts(listener, message) != [])
    told = [(each.provider_message_id, each.status) for each in receipts(listener, message)]
    assert told == [(result.provider_message_id, status)]


@pytest.mark.parametrize("to", ["+8562055550011", "02055551234"])
async def test_a_bad_address_is_refused_for_good(gateway: HttpSmsGateway, simulator: Program, to: str) -> None:
    message = sms(to)
    with pytest.raises(ProviderRefused) as refused:
        await gateway.submit(message)
    assert (refused.value.reason, refused.value.permanent) == ("bad-address", True)
    assert taken(simulator, message) == []


async def test_a_throttled_submission_may_come_again_and_is_taken(gateway: HttpSmsGateway, simulator: Program) -> None:
    message = sms("+8562055550088")
    with pytest.raises(ProviderThrottled) as throttled:
        await gateway.submit(message)
    assert throttled.value.retry_after == 1.0
    await gateway.submit(message)
    assert len(taken(simulator, message)) == 1


async def test_a_wrong_secret_is_our_fault_and_no_message(simulator: Program) -> None:
    stranger = HttpSmsGateway(HttpSmsRoute(url=simulator.url, secret="another"))  # noqa: S106 -- wrong on purpose
    message = sms()
    with pytest.raises(Unavailable) as refused:
        await stranger.submit(message)
    assert (type(refused.value), taken(simulator, message)) == (Unavailable, [])
    await stranger.close()


async def test_many_at_once_are_all_taken_and_all_receipted(gateway: HttpSmsGateway, listener: Listener) -> None:
    messages = [sms() for _ in range(200)]
    results = await asyncio.gather(*(gateway.submit(message) for message in messages))
    await until(lambda: len(receipts(listener, *messages)) >= len(messages))
    told = sorted(receipt.provider_message_id for receipt in receipts(listener, *messages))
    assert told == sorted(result.provider_message_id for result in results)


async def test_a_killed_gateway_remembers_what_it_took_and_what_it_owes(tmp_path: Path) -> None:
    async with listening() as listener:
        listener.answers.extend(Response(status_code=status) for status in (503, 500, 503, 503, 503, 503))
        simulator = program(tmp_path, listener.port)
        simulator.start()
        gateway = HttpSmsGateway(HttpSmsRoute(url=simulator.url, secret=SECRET))
        message, silent = sms(), sms("+8562055550005")
        first, _ = await gateway.submit(message), await gateway.submit(silent)
        await until(lambda: len(listener.asked) >= 2)  # repeated until it is acknowledged
        simulator.kill()
        assert len(listener.answers) > 0
        listener.answers.clear()
        simulator.start()
        await until(lambda: simulator.get("/messages/count")["receipts_pending"] == 0)
        assert await gateway.submit(message) == first
        assert simulator.get("/messages/count") == {
            "count": 2,
            "by_status": {"delivered": 1, "accepted": 1},
            "receipts_pending": 0,
            "refused": {},
        }
        await gateway.close()
        simulator.kill()


async def test_a_simulator_that_is_always_busy_never_takes(tmp_path: Path) -> None:
    simulator = program(tmp_path, CALLBACK, "--throttle", "always")
    simulator.start()
    gateway = HttpSmsGateway(HttpSmsRoute(url=simulator.url, secret=SECRET))
    message = sms("+8562055550088")
    for _ in range(3):
        with pytest.raises(ProviderThrottled):
            await gateway.submit(message)
    assert simulator.get("/messages/count")["refused"] == {"throttled": 3}
    await gateway.close()
    simulator.kill()


def test_the_simulator_calls_back_on_loopback_alone(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "deploy.local.sms_simulator", "--port", "1", "--secret", "x"]
    argv += ["--folder", str(tmp_path), "--callback", "http://192.0.2.1/receipts"]
    assert subprocess.run(argv, check=False, capture_output=True).returncode == 2
