"""The doors: whatever is sent, the answer is the documented one or a problem in Lao and English, and never a 500."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from shared.database import Database
from shared.http import Problem
from shared.http.doors import Doors
from tests.shared.doorway import NOON, Health, application, client
from tests.shared.lines import Lines
from tests.shared.provider import Provider

PHONE = "+8562055512345"
JSON = {"content-type": "application/json"}


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def app(provider: Provider, health: Health) -> FastAPI:
    return application(Database("postgresql://nobody@127.0.0.1:1/none"), provider.verifier(), health)


@pytest.fixture
async def caller(app: FastAPI, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app) as opened:
        opened.headers["authorization"] = f"Bearer {provider.token('desk')}"
        yield opened


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem, checked against its documented form."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    Problem.model_validate({**body, "errors": [{**one, "place": one["in"]} for one in body.get("errors", [])]})
    assert (body["status"], body["trace_id"] in body["instance"]) == (answer.status_code, True)
    return body


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem(answer)["code"]


BODIES: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nothing": (b"", (422, "InvalidRequest")),
    "not JSON": (b"{", (400, "MalformedJson")),
    "NaN": (b'{"what": "x", "rows": [NaN]}', (422, "InvalidRequest")),
    "deeply nested": (b"[" * 100_000, (400, "MalformedJson")),
    "deeply nested with an escape": (b'"\\u0e00' + b"[" * 100_000, (400, "MalformedJson")),
    "a number of 5,000 digits": (b'{"what": "x", "rows": [' + b"9" * 5_000 + b"]}", (400, "MalformedJson")),
    "not UTF-8": (b'{"what": "\xff"}', (400, "InvalidCharacters")),
    "UTF-16": ('{"what": "x"}'.encode("utf-16"), (400, "InvalidCharacters")),
    "an encoded surrogate": (b'{"what": "\xed\xa0\x80"}', (400, "InvalidCharacters")),
    "an escaped surrogate": (b'{"what": "\\ud800"}', (400, "InvalidCharacters")),
    "an escaped NUL": (b'{"what": "a\\u0000b"}', (400, "InvalidCharacters")),
    "an escaped NUL in a name": (b'{"a\\u0000b": [{"c": 1}]}', (400, "InvalidCharacters")),
    "an escaped NUL after a byte order mark": (b'\xef\xbb\xbf{"what": "a\\u0000b"}', (400, "InvalidCharacters")),
    "a raw NUL": (b'{"what": "a\0b"}', (400, "InvalidCharacters")),
    "more than a megabyte": (b'{"what": "' + b"x" * 1_100_000 + b'"}', (413, "BodyTooLarge")),
    "a list": (b"[]", (422, "InvalidRequest")),
    "a string": (b'"what"', (422, "InvalidRequest")),
    "null": (b"null", (422, "InvalidRequest")),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
async def test_a_bad_body_is_a_problem(body: bytes, expected: tuple[int, str], caller: httpx.AsyncClient) -> None:
    assert code(await caller.post("/v1/seats", content=body, headers=JSON)) == expected


async def test_a_body_that_streams_past_the_limit_is_refused(caller: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    assert code(await caller.post("/v1/seats", content=chunks(), headers=JSON)) == (413, "BodyTooLarge")


async def test_half_a_surrogate_pair_is_refused_but_a_whole_one_is_not(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/seats", content=b'{"what": "\\ud83d\\ude00", "rows": "\\\\u0000"}', headers=JSON)
    assert [one["field"] for one in problem(answer)["errors"]] == ["/rows"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
async def test_a_body_that_is_not_sent_as_json_is_refused(content_type: str | None, caller: httpx.AsyncClient) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = await caller.post("/v1/seats", content=b'{"what": "x"}', headers=headers)
    assert code(answer) == (415, "UnsupportedMediaType")


async def test_each_offending_member_is_named_and_no_value_is_repeated(caller: httpx.AsyncClient) -> None:
    sent = {"what": PHONE * 9, "rows": [1, f"x{PHONE}"], "kind": PHONE, "since": "2022-09-19T08:00", "a/b~c": PHONE}
    answer = await caller.post("/v1/seats", json=sent)
    body = problem(answer)
    assert {one["field"]: one["code"] for one in body["errors"]} == {
        "/what": "string_too_long",
        "/rows/1": "int_parsing",
        "/kind": "literal_error",
        "/since": "timezone_aware",
        "/a~1b~0c": "extra_forbidden",
    }
    assert (body["field"], body["errors"][0]["detail"], PHONE in answer.text) == (
        "/what",
        "ຕ້ອງບໍ່ເກີນ 20 ຕົວອັກສອນ",
        False,
    )


async def test_a_problem_names_where_a_value_was_sent(caller: httpx.AsyncClient) -> None:
    body = problem(await caller.put("/v1/seats/7", params={"strict": "maybe"}))
    assert [(one["in"], one["field"]) for one in body["errors"]] == [("path", "/seat"), ("query", "/strict")]


@pytest.mark.parametrize("path", ["/v1/seats?cursor=%00", "/v1/seats?cursor=%ff", "/v1/seats/%00", "/%c3%28", "/%ed%a0%80"])
async def test_an_address_that_cannot_be_stored_is_refused(path: str, caller: httpx.AsyncClient) -> None:
    assert code(await caller.get(path)) == (400, "InvalidCharacters")


async def test_unknown_paths_and_methods_are_problems(caller: httpx.AsyncClient) -> None:
    wrong_method = await caller.delete("/v1/seats")
    assert (code(await caller.get("/v1/seats/")), code(wrong_method)) == ((404, "UnknownPath"), (405, "MethodNotAllowed"))
    assert sorted(wrong_method.headers["allow"].split(", ")) == ["POST"]


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
    ("header", "expected"),
    [
        (None, (401, "TokenMissing")),
        ("", (401, "TokenMissing")),
        ("Basic dTpw", (401, "TokenMissing")),
        ("Bearer", (401, "TokenInvalid")),
        ("Bearer ", (401, "TokenInvalid")),
        ("Bearer ..", (401, "TokenInvalid")),
    ],
)
async def test_without_a_good_token_there_is_no_actor(
    header: str | None, expected: tuple[int, str], app: FastAPI
) -> None:
    headers = {} if header is None else {"authorization": header}
    async with client(app) as stranger:
        answer = await stranger.post("/v1/seats", json={"what": "x"}, headers=headers)
    assert (code(answer), answer.headers["www-authenticate"]) == (expected, "Bearer")


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
        ('"8"', "no", 412),
        ('W/"7"', "no", 412),
        ("7", "no", 412),
        ('"' + "9" * 30 + '"', "no", 412),
        ('"٧"', "no", 412),
    ],
)
async def test_only_what_was_read_is_changed(
    if_match: str | None, strict: str, status: int, caller: httpx.AsyncClient
) -> None:
    headers = {} if if_match is None else {b"if-match": if_match.encode()}
    answer = await caller.put(f"/v1/seats/{uuid4()}", params={"strict": strict}, headers=headers)
    assert answer.status_code == status


async def test_the_clock_is_the_applications(app: FastAPI, caller: httpx.AsyncClient) -> None:
    app.state.clock = lambda: NOON
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
    text = (await caller.get("/metrics")).text
    wanted = [("/v1/seats/{seat}", "PUT", "200"), ("unmatched", "PUT", "404"), ("unmatched", "other", "404")]
    series = [f'route="{route}",status="{status}"' for route, _, status in wanted]
    lines = [line for line in text.splitlines() if line.startswith("pasum_http_requests_total")]
    counted = [[line for line in lines if f'method="{method}",{one}' in line] for one, (_, method, _) in zip(series, wanted)]
    assert ([len(one) for one in counted], PHONE in text, "PROPFIND" in text) == ([1, 1, 1], False, False)


async def test_the_trace_of_the_caller_is_continued(caller: httpx.AsyncClient) -> None:
    parent = f"00-{'ab' * 16}-{'cd' * 8}-01"
    assert problem(await caller.get("/nowhere", headers={"traceparent": parent}))["trace_id"] == "ab" * 16


async def test_the_document_names_the_problems_of_each_operation(caller: httpx.AsyncClient) -> None:
    document = (await caller.get("/openapi.json")).json()
    take = document["paths"]["/v1/seats"]["post"]
    assert sorted(take["responses"]) == ["201", "400", "401", "403", "409", "413", "415", "422", "500", "503", "default"]
    contents = {tuple(one["content"]) for status, one in take["responses"].items() if status != "201"}
    assert (contents, take["security"]) == ({("application/problem+json",)}, [{"bearer": []}])
    assert sorted(set(document["components"]["schemas"]) & {"Problem", "FieldProblem", "HTTPValidationError"}) == [
        "FieldProblem",
        "Problem",
    ]
    assert (await caller.get("/openapi.json")).json() == document


async def test_a_client_that_leaves_is_counted_and_not_answered() -> None:
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        raise AssertionError("not reached")

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [(b"content-length", b"9")]}
    await Doors(app)(scope, receive, send)
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
        await Doors(app)({"type": "http", "method": "GET", "query_string": b"", "headers": []}, receive, send)
    assert sent == ["http.response.start"]


async def test_what_is_not_http_is_passed_on() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    await Doors(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]  # -- not touched
    assert seen == ["lifespan"]

