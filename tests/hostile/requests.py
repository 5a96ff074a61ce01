"""Requests that nobody sends by mistake: a fitting one of each operation, changed in a few places for the worse.

Schemathesis says what fits; what is put in its place is of here: numbers beyond all integers, the ends of the calendar,
halves of surrogate pairs, headers said twice, tokens whose signature is good and whose claims are not. Always the same
requests, as the seed is fixed. Nothing of it may be a defect of ours.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from tests.shared.forgery import Forge

MOMENTS = [
    *(
        "0001-01-01T00:00:00+14:00",
        "1900-01-01T00:00:00+14:00",
        "2199-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59-14:00",
    ),
    *("2022-02-30T00:00:00Z", "2022-09-19T24:00:00Z", "2022-09-19T08:30:60Z", "2022-09-19T08:30:00+99:99"),
]
DAYS = ["0001-01-01", "9999-12-31", "1899-12-31", "2565-09-19", "2022-02-30"]
NUMBERS = [10**400, -(10**23), 2**63, -(2**63) - 1, 2**31, -1, 0, 1e308, -0.0, 0.1]
TEXTS = [
    *("", " ", "\u200b", "\u202e", "\ufeff", "\uffff", "ກ" * 5_000, "a" * 70_000, "ກ່\u0eb4\u0334", "\ud800", "a\0b"),
    *("%", "_", "-", "../../etc/passwd", "{{7*7}}", "'; DROP TABLE x; --", "=1+1", "<b>", "a\r\nBcc: b@c", "\x1b[31m"),
]
VALUES: list[Any] = [*MOMENTS, *DAYS, *NUMBERS, *TEXTS, None, True, [], {}, [[]] * 50, {"a": {"b": {}}}]
CURSORS = [
    *(
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for text in ("[-1e400]", "[null]", "{}", '"\\ud800"')
    ),
    *(base64.urlsafe_b64encode(str([number]).encode()).decode() for number in (-(10**23), 10**400, 2**63, -1)),
    *("", "=", "-", "_" * 1024, "\x00", "ກ", "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIl0"),
]
HEADERS = [
    *(
        ("content-type", value)
        for value in ("text/plain", "application/json; charset=utf-16", "application/", "\xff", "")
    ),
    *(("if-match", value) for value in ('"' + "9" * 400 + '"', '"-1"', "*,*", 'W/"1"', "\xff", '"1","2"')),
    *(("if-none-match", value) for value in ("*", "\xff", '"1", W/"2"', ",,,,")),
    *(("idempotency-key", value) for value in ("k", "", "\xff", "x" * 255, "a b")),
    *(
        ("traceparent", value)
        for value in ("\xff", "00-" + "0" * 32 + "-" + "0" * 16 + "-00", "00-x-y-z", "ff-ff-ff-ff")
    ),
    *(("accept", value) for value in ("*/*;q=x", "\xff", "text/html")),
    *(("range", value) for value in ("bytes=-1", "bytes=9-1,0-0", "x")),
    *(("x-forwarded-for", value) for value in ("::1", "\xff", "1.2.3.4," * 100 + "x")),
    *(("x-signature", value) for value in ("t=1,v1=\xff", "t=" + "9" * 400, "")),
    *(
        ("expect", "100-continue"),
        ("upgrade", "h2c"),
        ("connection", "upgrade"),
        ("te", "\xff"),
    ),
]
TIMES: list[Any] = [10**400, -(10**400), 1e308, "x", None, True]
NAMES: list[Any] = ["\0", "\ud800", "\n", "ກ" * 300, [], {}, 7]
OTHERS: list[Any] = ["x", ["\ud800"], [[]], {"roles": 7}, 7]
CLAIMS: list[dict[str, Any]] = [
    *({name: value} for name in ("exp", "iat", "nbf") for value in TIMES),
    *({name: value} for name in ("sub", "organisation") for value in NAMES),
    *({name: value} for name in ("roles", "realm_access", "aud", "typ") for value in OTHERS),
]


def check(
    document: schemathesis.BaseSchema,
    label: str,
    *,
    token: str,
    folder: Path,
    known: Mapping[str, str] | None = None,
    examples: int = 30,
) -> None:
    """Send one operation of a served document, again and again, as nobody should; no answer is a defect."""
    operations = (one.ok() for one in document.get_all_operations() if isinstance(one, Ok))
    (operation,) = (one for one in operations if one.label == label)
    forge = Forge(folder)
    claims = [forge.sealed(json.dumps(forge.claims(**one)).encode()) for one in CLAIMS]
    bearers = st.sampled_from([token] * 3 * len(claims) + ["", "..", *claims])

    with httpx.Client(base_url=document.get_base_url(), timeout=30) as http:

        @given(case=operation.as_strategy(), data=st.data())
        @settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case: schemathesis.Case[Any], data: st.DataObject) -> None:
            asked = _worsened(http, case, data, known or {})
            asked.headers["authorization"] = f"Bearer {data.draw(bearers)}".rstrip()  # httpx sends no space at the end
            answer = http.send(asked)
            fine = answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR or "retry-after" in answer.headers
            assert fine, (label, answer.text, asked.url, asked.headers.raw, asked.content[:2_000])

        send()


def _worsened(
    http: httpx.Client, case: schemathesis.Case[Any], data: st.DataObject, known: Mapping[str, str]
) -> httpx.Request:
    """The case with up to three things changed, somewhere."""
    values, path, query = st.sampled_from(VALUES), dict(case.path_parameters), dict(case.query)
    path |= {name: known[name] for name in path.keys() & known.keys()}
    body = case.body if isinstance(case.body, dict | list) else None
    headers: list[tuple[bytes, bytes]] = [] if body is None else [(b"content-type", b"application/json")]
    for what in data.draw(st.lists(st.sampled_from(["body", "body", "query", "path", "header"]), max_size=3)):
        if what == "body" and body:
            body = _changed(body, data, data.draw(values))
        elif what == "query":
            name = data.draw(st.sampled_from([*_names(case, "query"), "cursor", "limit", "unheard-of"]))
            query[name] = data.draw(st.sampled_from(CURSORS) if name == "cursor" else values)
        elif what == "path" and path:
            path[data.draw(st.sampled_from(sorted(path)))] = data.draw(values)
        elif what == "header":
            name, value = data.draw(st.sampled_from(HEADERS))
            headers.append((name.encode(), value.encode("latin-1")))
    target = case.path.format(**{name: quote(_text(value) or "-", safe="") for name, value in path.items()})
    if query:
        target += "?" + urlencode({name: _text(value)[:1_000] for name, value in query.items()})
    content = None if body is None else json.dumps(body).encode()
    return http.build_request(case.method, target, headers=headers, content=content)


def _names(case: schemathesis.Case[Any], place: str) -> Sequence[str]:
    parameters = case.operation.definition.raw.get("parameters", [])
    return [one["name"] for one in parameters if one["in"] == place]


def _changed(document: Any, data: st.DataObject, value: Any) -> Any:
    """The document with one member, at any depth, in whose place stands `value`."""
    if not isinstance(document, dict | list) or not document:
        return value
    keys = sorted(document) if isinstance(document, dict) else range(len(document))
    key = data.draw(st.sampled_from(keys))
    copied: Any = document.copy()
    copied[key] = _changed(document[key], data, value)
    return copied


def _text(value: Any) -> bytes:
    return str(value).encode(errors="surrogatepass")[:2_000]
