"""What every answer has in common (RFC 9110, 9112): methods of a path, HEAD, tags, headers; requests as bytes."""

from collections.abc import Iterator

import httpx
import pytest

from tests.shared.cloudevents import Served, served

HOST = b"host: seats\r\nconnection: close\r\n"
CLOSE = b"connection: close\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(idle_seconds="1") as found:
        yield found


@pytest.mark.parametrize("path", ["/v1/now", "/v1/seats", "/healthz", "/openapi.json", "/v1/tagged"])
async def test_head_is_answered_as_get_without_a_body(path: str, caller: httpx.AsyncClient) -> None:
    got, head = await caller.get(path), await caller.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_head_of_what_cannot_be_read_is_not_allowed(caller: httpx.AsyncClient) -> None:
    answer = await caller.head("/v1/echo")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "PROPFIND"])
async def test_all_methods_of_an_address_are_named(method: str, caller: httpx.AsyncClient) -> None:
    answer = await caller.request(method, "/v1/seats")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('"7"', 304),
        ('W/"7"', 304),
        ('"6", "7"', 304),
        ("*", 304),
        ('"8"', 200),
        ("7", 200),
        ("", 200),
    ],
)
async def test_who_has_it_already_is_not_sent_it_again(known: str, status: int, caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/tagged", headers={"if-none-match": known})
    assert (answer.status_code, answer.headers["etag"], bool(answer.content)) == (status, '"7"', status == 200)


async def test_a_change_is_not_answered_with_not_modified(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/tagged", headers={"if-none-match": "*"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/v1/now", "/v1/nowhere", "/v1/broken", "/healthz", "/openapi.json"])
async def test_nothing_is_guessed_and_nothing_is_kept(path: str, caller: httpx.AsyncClient) -> None:
    headers = (await caller.get(path)).headers
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


async def test_a_route_may_say_what_may_be_kept(caller: httpx.AsyncClient) -> None:
    assert (await caller.get("/v1/tagged")).headers["cache-control"] == "public, no-cache"


REQUESTS = {
    "no host": (b"GET /v1/now HTTP/1.1\r\n" + CLOSE + b"\r\n", b"400"),
    "no host in HTTP/1.0": (b"GET /v1/now HTTP/1.0\r\n\r\n", b"200"),
    "a host that cannot be one": (b"GET /v1/now HTTP/1.1\r\nhost: a b/c\r\n" + CLOSE + b"\r\n", b"400"),
    "a host with a port": (b"GET /v1/now HTTP/1.1\r\nhost: [::1]:8080\r\n" + CLOSE + b"\r\n", b"200"),
    "another version": (b"GET /v1/now HTTP/2.0\r\n" + HOST + b"\r\n", b"400"),
    "no version": (b"GET /v1/now\r\n" + HOST + b"\r\n", b"400"),
    "two hosts": (b"GET /v1/now HTTP/1.1\r\nhost: a\r\n" + HOST + b"\r\n", b"400"),
    "two lengths": (b"POST /v1/echo HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n" + HOST + b"\r\n{}", b"400"),
    "length and chunks": (
        b"POST /v1/echo HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n" + HOST + b"\r\n0\r\n\r\n",
        b"400",
    ),
    "chunked and more": (b"POST /v1/echo HTTP/1.1\r\ntransfer-encoding: chunked, x\r\n" + HOST + b"\r\n{}", b"400"),
    "a chunk of no size": (
        b"POST /v1/echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n" + HOST + b"\r\nx\r\n{}\r\n0\r\n\r\n",
        b"400",
    ),
    "a negative length": (b"POST /v1/echo HTTP/1.1\r\ncontent-length: -1\r\n" + HOST + b"\r\n", b"400"),
    "a folded header": (b"GET /v1/now HTTP/1.1\r\nx: y\r\n z\r\n" + HOST + b"\r\n", b"400"),
    "a space before the colon": (b"GET /v1/now HTTP/1.1\r\nx : y\r\n" + HOST + b"\r\n", b"400"),
    "all of the server": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", b"404"),
    "a tunnel": (b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n", b"400"),
    "an absolute address": (b"GET http://seats/v1/now HTTP/1.1\r\n" + HOST + b"\r\n", b"200"),
    "another protocol wished": (
        b"GET /v1/now HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\nhost: x\r\n\r\n",
        b"200",
    ),
    "HTTP/2 by itself": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
}


@pytest.mark.parametrize(("request_", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_that_can_be_read_in_two_ways_is_refused(request_: bytes, status: bytes, server: Served) -> None:
    answer = server.answers(request_)
    assert (answer[9:12], b"x-content-type-options: nosniff" in answer) == (status, True)


def test_metrics_are_on_a_port_of_their_own(server: Served) -> None:
    public = server.answers(b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (public[9:12], server.metric("pasum_http_connections") > 0) == (b"404", True)


def test_health_is_told_on_both_ports(server: Served) -> None:
    ask = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    assert [server.answers(ask, port=port)[9:12] for port in (server.port, server.management)] == [b"200", b"200"]
