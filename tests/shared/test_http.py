"""HTTP: whatever is sent, the answer is the documented one or a problem in Lao and English, and never a 500."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY, generate_latest

from shared.http import InvalidCursor
from shared.http.identity import utc_now
from shared.http.middleware import RequestMiddleware
from shared.http.problem import refusal_answer
from shared.http.validation import field_problems
from tests.shared.lines import Lines
from tests.shared.provider import Provider
from tests.shared.sample_service import NOON, Health, client, code, problem

PHONE = "+8562055512345"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "path", ["/v1/seats?cursor=%00", "/v1/seats?cursor=%ff", "/v1/seats/%00", "/%c3%28", "/%ed%a0%80"]
)
async def test_an_address_that_cannot_be_stored_is_refused(path: str, caller: httpx.AsyncClient) -> None:
    assert code(await caller.get(path)) == (400, "InvalidCharacters")


async def test_unknown_paths_and_methods_are_problems(caller: httpx.AsyncClient) -> None:
    wrong_method = await caller.delete("/v1/seats")
    assert (code(await caller.get("/v1/seats/")), code(wrong_method)) == (
        (404, "UnknownPath"),
        (405, "MethodNotAllowed"),
    )
    assert wrong_method.headers["allow"] == "GET, HEAD, POST"


async def test_a_defect_is_answered_and_logged_without_details(caller: httpx.AsyncClient, lines: Lines) -> None:
    answers = [await caller.get("/v1/broken"), await caller.get("/v1/wrong")]
    logged = [(line["event"], line["route"], line["error"]["type"]) for line in lines.all()]
    assert [code(one) for one in answers] == [(500, "InternalError")] * 2
    assert logged == [
        ("request-failed", "/v1/broken", "LookupError"),
        ("request-failed", "/v1/wrong", "fastapi.exceptions.ResponseValidationError"),
    ]
    assert PHONE not in answers[0].text + lines.getvalue()


async def test_the_unavailable_says_when_to_ask_again(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/busy")
    assert (code(answer), answer.headers["retry-after"]) == ((503, "Unavailable"), "2")


async def test_a_database_that_is_away_is_unavailable(caller: httpx.AsyncClient) -> None:
    assert code(await caller.post("/v1/seats", json={"what": "x"})) == (503, "Unavailable")


@pytest.mark.parametrize(
    ("header", "expected", "challenge"),
    [
        (None, "TokenMissing", 'Bearer realm="pasum"'),
        ("", "TokenMissing", 'Bearer realm="pasum"'),
        ("Basic dTpw", "TokenMissing", 'Bearer realm="pasum"'),
        ("Bearer ", "TokenMissing", 'Bearer realm="pasum"'),
        ("Bearer ..", "TokenInvalid", 'Bearer realm="pasum", error="invalid_token"'),
    ],
)
async def test_without_a_good_token_there_is_no_actor(
    header: str | None, expected: str, challenge: str, seats_app: FastAPI
) -> None:
    headers = {} if header is None else {"authorization": header}
    async with client(seats_app) as stranger:
        answer = await stranger.post("/v1/seats", json={"what": "x"}, headers=headers)
    assert (code(answer), answer.headers["www-authenticate"]) == ((401, expected), challenge)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"{", "application/json"), (b"{}", "application/json"), (b"x", "text/plain"), (b"\xff", "application/json")],
    ids=["not JSON", "members missing", "another type", "not UTF-8"],
)
async def test_a_stranger_learns_nothing_about_his_body(body: bytes, content_type: str, seats_app: FastAPI) -> None:
    async with client(seats_app) as stranger:
        answer = await stranger.post("/v1/seats", content=body, headers={"content-type": content_type})
    assert code(answer) == (401, "TokenMissing")


@pytest.mark.parametrize("name", ["content-type", "authorization", "host", "idempotency-key"])
async def test_what_can_be_said_once_is_not_said_twice(name: str, caller: httpx.AsyncClient) -> None:
    twice = [(name, "application/json"), (name, "text/plain")]
    assert code(await caller.post("/v1/seats", content=b"{}", headers=twice)) == (400, "MalformedRequest")


@pytest.mark.parametrize("number", [10**18 * 10, 10**23, -(10**23), 10**400])
async def test_a_cursor_beyond_all_numbers_is_refused(number: int, caller: httpx.AsyncClient) -> None:
    cursor = base64.urlsafe_b64encode(f"[{number}]".encode()).decode().rstrip("=")
    assert code(await caller.get("/v1/seats", params={"cursor": cursor})) == (422, "InvalidCursor")


async def test_a_role_is_asked_for_and_its_absence_counted(caller: httpx.AsyncClient, provider: Provider) -> None:
    before = REGISTRY.get_sample_value("pasum_rights_refused_total", {"code": "NotPermitted"}) or 0
    headers = {"authorization": f"bearer {provider.token('chair', 'unheard-of')}"}
    answer = await caller.post("/v1/seats", json={"what": "x"}, headers=headers)
    after = REGISTRY.get_sample_value("pasum_rights_refused_total", {"code": "NotPermitted"})
    assert (code(answer), after) == ((403, "NotPermitted"), before + 1)


async def test_pages_follow_each_other(caller: httpx.AsyncClient) -> None:
    first = (await caller.get("/v1/seats")).json()
    second = (await caller.get("/v1/seats", params={"cursor": first["next"], "limit": 3})).json()
    assert (first["items"], second["items"]) == ([0, 1], [2, 3, 4])


@pytest.mark.parametrize("cursor", ["x", "ປ", "!!!!", "e30", "WyJhIl0", "W10", "WzEsMl0", "A" * 1024, "bnVsbA"])
async def test_a_cursor_that_was_never_given_is_refused(cursor: str, caller: httpx.AsyncClient) -> None:
    assert code(await caller.get("/v1/seats", params={"cursor": cursor})) == (422, "InvalidCursor")


@pytest.mark.parametrize(
    ("if_match", "strict", "status"),
    [
        (None, "no", 200),
        (None, "yes", 428),
        ("*", "yes", 200),
        ('"7"', "yes", 200),
        (' "7" ', "no", 200),
        ('"6", "7"', "no", 200),
        ('"6" ,W/"7","x", "7"', "yes", 200),
        ('"6", "8"', "no", 412),
        ('"6, 7"', "no", 412),
        ('"8"', "no", 412),
        ('W/"7"', "no", 412),
        ("7", "no", 412),
        ('"' + "9" * 30 + '"', "no", 412),
        ('"\u0667"', "no", 412),
    ],
)
async def test_only_what_was_read_is_changed(
    if_match: str | None, strict: str, status: int, caller: httpx.AsyncClient
) -> None:
    headers = {} if if_match is None else {b"if-match": if_match.encode()}
    answer = await caller.put(f"/v1/seats/{uuid4()}", params={"strict": strict}, headers=headers)
    assert answer.status_code == status


async def test_the_clock_is_the_applications(seats_app: FastAPI, caller: httpx.AsyncClient) -> None:
    seats_app.state.clock = lambda: NOON
    assert datetime.fromisoformat((await caller.get("/v1/now")).json()).astimezone(UTC) == NOON


async def test_health_and_readiness_name_the_parts(health: Health, caller: httpx.AsyncClient) -> None:
    well = [(await caller.get(path)).status_code for path in ("/healthz", "/readyz")]
    health.alive["relay"] = health.able["database"] = False
    ill = [await caller.get(path) for path in ("/healthz", "/readyz")]
    assert (well, [one.status_code for one in ill]) == ([200, 200], [503, 503])
    assert [one.json()["parts"] for one in ill] == [{"relay": False}, {"database": False}]


async def test_requests_are_counted_by_template_and_never_by_what_was_written(caller: httpx.AsyncClient) -> None:
    for path in (f"/v1/seats/{uuid4()}", f"/v1/seats/{uuid4()}", f"/nowhere/{PHONE}"):
        await caller.put(path)
    await caller.request("PROPFIND", f"/nowhere/{PHONE}")
    text = generate_latest().decode()
    wanted = [("/v1/seats/{seat}", "PUT", "200"), ("unmatched", "PUT", "404"), ("unmatched", "other", "404")]
    series = [f'total{{method="{method}",route="{route}",status="{status}"}}' for route, method, status in wanted]
    assert [text.count(one) for one in (*series, PHONE, "PROPFIND")] == [1, 1, 1, 0, 0]


async def test_checks_of_health_are_told_from_requests_of_people(caller: httpx.AsyncClient) -> None:
    def counted(route: str, status: str) -> float:
        labels = {"route": route, "method": "GET", "status": status}
        return REGISTRY.get_sample_value("pasum_http_requests_total", labels) or 0.0

    before = counted("/readyz", "200"), counted("unmatched", "200")
    await caller.get("/readyz")
    assert (counted("/readyz", "200"), counted("unmatched", "200")) == (before[0] + 1, before[1])


async def test_the_trace_of_the_caller_is_continued(caller: httpx.AsyncClient) -> None:
    parent = f"00-{'ab' * 16}-{'cd' * 8}-01"
    assert problem(await caller.get("/nowhere", headers={"traceparent": parent}))["trace_id"] == "ab" * 16


async def test_the_document_names_the_problems_of_each_operation(caller: httpx.AsyncClient) -> None:
    document = (await caller.get("/openapi.json")).json()
    take = document["paths"]["/v1/seats"]["post"]
    assert sorted(take["responses"]) == [
        "201",
        "400",
        "401",
        "403",
        "409",
        "413",
        "415",
        "422",
        "500",
        "503",
        "default",
    ]
    contents = {tuple(one["content"]) for status, one in take["responses"].items() if status != "201"}
    assert (contents, take["security"]) == ({("application/problem+json",)}, [{"bearer": []}])
    assert sorted(set(document["components"]["schemas"]) & {"Problem", "FieldProblem", "HTTPValidationError"}) == [
        "FieldProblem",
        "Problem",
    ]
    assert (await caller.get("/openapi.json")).json() == document


async def test_a_client_that_leaves_is_counted_and_not_answered() -> None:
    sent: list[Any] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()
        raise AssertionError("not reached")

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [(b"content-length", b"9")]}
    await RequestMiddleware(app)(scope, receive, send)
    counted = {"route": "unmatched", "method": "POST", "status": "499"}
    assert (sent, REGISTRY.get_sample_value("pasum_http_requests_total", counted)) == ([], 1)


async def test_a_defect_in_the_middle_of_an_answer_breaks_it_off() -> None:
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise LookupError

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    with pytest.raises(LookupError):
        await RequestMiddleware(app)(
            {"type": "http", "method": "GET", "query_string": b"", "headers": []}, receive, send
        )
    assert sent == ["http.response.start"]


async def test_what_is_not_http_is_passed_on() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    await RequestMiddleware(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]  # -- not touched
    assert seen == ["lifespan"]


async def test_after_the_body_the_connection_is_heard() -> None:
    heard: list[str] = []
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.request", "body": b"b"},
    ]

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        heard.extend([(await receive())["body"].decode(), (await receive())["type"]])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        return None

    headers = [(b"transfer-encoding", b"chunked")]
    await RequestMiddleware(app)(
        {"type": "http", "method": "GET", "query_string": b"", "headers": headers}, receive, send
    )
    assert heard == ["ab", "http.disconnect"]


def test_a_problem_outside_a_request_has_no_trace() -> None:
    body = json.loads(bytes(refusal_answer(InvalidCursor(field="/cursor")).body))
    assert (body["code"], body["field"], body.get("trace_id")) == ("InvalidCursor", "/cursor", None)


def test_a_limit_that_an_error_does_not_name_is_left_open() -> None:
    (problem_,) = field_problems([{"type": "too_long", "loc": ("body", "rows")}])
    assert (problem_.field, problem_.detail_en) == ("/rows", "It must have at most … items.")


def test_the_clock_of_production_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC
