"""Busy routes: a request is taken or refused exactly as FastAPI does it."""

import httpx
import pytest

from tests.shared.test_http_bodies import BODIES

RIGHT = b'{"what": "x"}'
JSON = "application/json"
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes]] = {
    **{name: ("POST", "1", {}, body) for name, (body, _) in BODIES.items()},
    "right": ("POST", "1", {}, RIGHT),
    "all members": (
        "POST",
        "1",
        {"idempotency-key": "k"},
        b'{"what": "x", "rows": [1, 2.0], "kind": "soft", "since": "2022-09-19T08:00:00+07:00"}',
    ),
    "with spaces around it": ("POST", "1", {}, b" \r\n" + RIGHT + b"\t "),
    "a text in Lao, with an escape": ("POST", "1", {}, '{"what": "ກ\\u0e81"}'.encode()),
    "a member twice": ("POST", "1", {}, b'{"what": "x", "what": "y"}'),
    "a member twice, first wrong": ("POST", "1", {}, b'{"what": 7, "what": "y"}'),
    "a member twice, last wrong": ("POST", "1", {}, b'{"what": "y", "what": 7}'),
    "an unknown member": ("POST", "1", {}, b'{"what": "x", "more": 1}'),
    "a comma too many": ("POST", "1", {}, b'{"what": "x",}'),
    "more after it": ("POST", "1", {}, RIGHT + b"{}"),
    "a byte order mark": ("POST", "1", {}, b"\xef\xbb\xbf" + RIGHT),
    "an integer as text": ("POST", "1", {}, b'{"what": "x", "rows": ["1"]}'),
    "true for an integer": ("POST", "1", {}, b'{"what": "x", "rows": [true]}'),
    "an exponent": ("POST", "1", {}, b'{"what": "x", "rows": [1e2]}'),
    "a moment as a number": ("POST", "1", {}, b'{"what": "x", "since": 1663549200}'),
    "a moment without an offset": ("POST", "1", {}, b'{"what": "x", "since": "2022-09-19T08:00:00"}'),
    "parameters of the media type": ("POST", "1", {"content-type": "application/json; charset=utf-8"}, RIGHT),
    "a media type of JSON": ("POST", "1", {"content-type": "application/merge-patch+json"}, RIGHT),
    "a text": ("POST", "1", {"content-type": "text/plain"}, RIGHT),
    "no media type": ("POST", "1", {"content-type": ""}, RIGHT),
    "a wrong path": ("POST", "x", {}, RIGHT),
    "a wrong path and body": ("POST", "x", {}, b'{"what": 7}'),
    "an empty key": ("POST", "1", {"idempotency-key": ""}, RIGHT),
    "a long key": ("POST", "1", {"idempotency-key": "k" * 256}, RIGHT),
    "a wrong key and body": ("POST", "1", {"idempotency-key": "k k"}, b'{"what": 7}'),
    "another method": ("PUT", "1", {}, RIGHT),
    "a look": ("GET", "1", {}, b""),
    "a look with a key": ("GET", "1", {"idempotency-key": "k"}, b""),
    "a look with a body": ("GET", "1", {}, b"{"),
    "a look at a wrong path": ("GET", "x", {}, b""),
    "a look with a wrong key": ("GET", "1", {"idempotency-key": "k k"}, b""),
    "a look with both wrong": ("GET", "x", {"idempotency-key": ""}, b""),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
async def test_a_busy_route_answers_as_fastapi_does(
    request_: tuple[str, str, dict[str, str], bytes], caller: httpx.AsyncClient
) -> None:
    method, row, headers, body = request_

    async def told(path: str) -> tuple[int, dict[str, object]]:
        answer = await caller.request(method, path, content=body, headers={"content-type": JSON, **headers})
        trace = {"instance": None, "trace_id": None}
        return answer.status_code, {**answer.json(), **trace, "allow": answer.headers.get("allow")}

    assert await told(f"/v1/rows/{row}/seats") == await told(f"/v1/rows/{row}/usual-seats")


async def test_a_busy_route_takes_what_was_sent(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/rows/7/seats", json={"what": "ກ", "rows": [1]}, headers={"idempotency-key": "k"})
    sent = {"row": 7, "key": "k", "method": "POST", "what": "ກ", "rows": [1], "kind": "plain", "since": None}
    assert (answer.status_code, answer.json()) == (201, sent)
