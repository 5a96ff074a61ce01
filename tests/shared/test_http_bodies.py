"""Bodies: what cannot be read, stored or taken is a problem that names the member and repeats no value."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.shared.sample_service import code, problem

PHONE = "+8562055512345"
JSON = {"content-type": "application/json"}

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


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
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
