"""The HTTP gateway's adapter before a listener that answers as told: each answer is named by what to do about it."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from starlette.responses import Response

from deploy.local.ports import free_port
from services.notification.adapters.http_sms import HttpSmsGateway, HttpSmsRoute
from services.notification.ports import OutcomeUnknown, ProviderRefused, ProviderThrottled, SmsSubmission
from shared.kernel import Unavailable
from tests.conformance.counterparts import Listener, listening, talking

SECRET = "a secret of this test"  # noqa: S105 -- of this test alone
TEXT = "ລົງທະບຽນສຳເລັດ: ປະຊຸມ 19/09/2022, 08:30 ໂມງ. ລະຫັດ: A7K2Q9"
NOW = datetime(2022, 9, 1, tzinfo=UTC)


def sms() -> SmsSubmission:
    return SmsSubmission(key=uuid4(), to="+8562055551234", text=TEXT, sender="MTC")


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as started:
        yield started


@pytest.fixture
async def direct(listener: Listener) -> AsyncIterator[HttpSmsGateway]:
    route = HttpSmsRoute(url=f"{listener.url}/v1/", secret=SECRET, answer_timeout=2.0)
    opened = HttpSmsGateway(route, clock=NOW.timestamp)
    yield opened
    await opened.close()


async def test_the_submission_on_the_wire_is_signed_json(direct: HttpSmsGateway, listener: Listener) -> None:
    listener.answers.append(Response('{"id": " 00AF "}', status_code=202))
    message = sms()
    result = await direct.submit(message)
    headers, body = listener.asked[0]
    digest = hmac.new(SECRET.encode(), b"1661990400." + body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {"key": str(message.key), "to": message.to, "from": "MTC", "text": TEXT}
    assert headers["x-signature"] == f"t=1661990400,v1={digest}"
    assert result.provider_message_id == "00af"


@pytest.mark.parametrize(
    ("status", "headers", "kind", "wait"),
    [
        (429, {"Retry-After": "7"}, ProviderThrottled, 7.0),
        (429, {}, ProviderThrottled, 1.0),
        (429, {"Retry-After": "999999999"}, ProviderThrottled, 3600.0),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, ProviderThrottled, 1.0),
        (503, {"Retry-After": "2.5"}, Unavailable, 2.5),
        (408, {}, Unavailable, 5.0),
        (409, {}, Unavailable, 5.0),
        (401, {}, Unavailable, 60.0),
        (403, {}, Unavailable, 60.0),
        (500, {}, OutcomeUnknown, 5.0),
        (504, {}, OutcomeUnknown, 5.0),
    ],
)
async def test_an_answer_is_named_by_what_to_do_about_it(
    direct: HttpSmsGateway, listener: Listener, *, status: int, headers: dict[str, str], kind: type, wait: float
) -> None:
    listener.answers.append(Response(status_code=status, headers=headers))
    with pytest.raises(Unavailable) as raised:
        await direct.submit(sms())
    assert (type(raised.value), raised.value.retry_after) == (kind, wait)


@pytest.mark.parametrize(
    ("status", "body", "reason", "permanent"),
    [
        (422, '{"code": "bad-address"}', "bad-address", True),
        (422, '{"code": "+856 20 5555 1234 is bad"}', "http-422", True),
        (422, "not JSON", "http-422", True),
        (422, "[]", "http-422", True),
        (400, "{}", "http-400", False),
        (404, "", "http-404", False),
        (301, "", "http-301", False),
    ],
)
async def test_a_refusal_has_a_short_reason_and_never_prose(
    direct: HttpSmsGateway, listener: Listener, *, status: int, body: str, reason: str, permanent: bool
) -> None:
    listener.answers.append(Response(body, status_code=status))
    with pytest.raises(ProviderRefused) as refused:
        await direct.submit(sms())
    assert (refused.value.reason, refused.value.permanent) == (reason, permanent)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"id": null}', '{"id": ""}', '{"id": {}}', "<html>"])
async def test_a_success_without_an_id_leaves_the_outcome_unknown(
    direct: HttpSmsGateway, listener: Listener, body: str
) -> None:
    listener.answers.append(Response(body, status_code=202))
    with pytest.raises(OutcomeUnknown):
        await direct.submit(sms())


async def test_nobody_there_means_it_was_not_sent() -> None:
    gateway = HttpSmsGateway(HttpSmsRoute(url=f"http://127.0.0.1:{free_port()}", secret=SECRET))
    with pytest.raises(Unavailable) as raised:
        await gateway.submit(sms())
    assert type(raised.value) is Unavailable
    await gateway.close()


@pytest.mark.parametrize("patience", [0.0, 30.0])
async def test_a_break_between_question_and_answer_leaves_the_outcome_unknown(patience: float) -> None:
    async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(patience)

    async with talking(hang_up) as port:
        route = HttpSmsRoute(url=f"http://127.0.0.1:{port}", secret=SECRET, answer_timeout=0.2)
        gateway = HttpSmsGateway(route)
        with pytest.raises(OutcomeUnknown):
            await gateway.submit(sms())
        await gateway.close()
