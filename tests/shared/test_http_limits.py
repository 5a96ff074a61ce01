"""What a client may send and how long it may take; the rest is refused early and the connection closed."""

import socket
from collections.abc import Callable, Iterator

import pytest

from tests.shared.cloudevents import Served, an_answer, flood, rest, served
from tests.shared.sample_service import LARGE

GET = b"GET /v1/now HTTP/1.1\r\nhost: seats\r\n"
POST = b"POST /v1/echo HTTP/1.1\r\nhost: seats\r\ncontent-type: application/json\r\n"
PIECE = b"a" * 65_536
WHOSE = ("client", "connections")
GROWTH = 8 * 1024 * 1024  # bytes


@pytest.fixture(scope="module")
def strict() -> Iterator[Served]:
    """With times that a test can wait for."""
    times = {"head_seconds": "0.2", "body_seconds": "0.2", "read_seconds": "0.2", "idle_seconds": "1"}
    with served(**times, header_count="50", connections="12", connections_per_client="10") as found:
        yield found


@pytest.fixture(scope="module")
def usual() -> Iterator[Served]:
    """As it ships."""
    with served() as found:
        yield found


def many_headers() -> Iterator[bytes]:
    yield GET
    for start in range(0, 800_000, 4_000):
        yield b"".join(b"x-%d: y\r\n" % number for number in range(start, start + 4_000))


def one_long_header() -> Iterator[bytes]:
    yield GET + b"x-long: "
    yield from [PIECE] * 1_536  # 96 MB


def long_name() -> Iterator[bytes]:
    yield GET
    yield from [PIECE] * 1_536


def long_target() -> Iterator[bytes]:
    yield b"GET /"
    yield from [PIECE] * 1_536


def endless_trailers() -> Iterator[bytes]:
    yield POST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    yield from [b"x-trailer: y\r\n" * 4_000] * 200


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        (many_headers, b"431", "headers"),
        (one_long_header, b"431", "headers"),
        (long_name, b"431", "headers"),
        (long_target, b"414", "target"),
        (endless_trailers, b"431", "headers"),
    ],
)
def test_what_is_too_much_is_refused_early_and_costs_no_memory(
    request_: Callable[[], Iterator[bytes]], status: bytes, reason: str, usual: Served
) -> None:
    counter = f'pasum_http_connections_refused_total{{reason="{reason}"}}'
    refused, before = usual.metric(counter), usual.process.memory_info().rss
    with usual.connect() as wire:
        sent, said = flood(wire, list(request_()))
    assert said[9:12] in {status, b""}  # nothing where the answer was lost with the connection
    assert sent < 32 * 1024 * 1024
    assert usual.process.memory_info().rss - before < GROWTH
    assert usual.metric(counter) == refused + 1


def test_the_answer_says_why_in_both_languages_and_closes(strict: Served) -> None:
    said = strict.answers(GET + b"x: y\r\n" * 60 + b"\r\n").decode()
    head, _, body = said.partition("\r\n\r\n")
    assert head.splitlines()[0] == "HTTP/1.1 431 Request Header Fields Too Large"
    assert {"content-type: application/problem+json", "connection: close"} <= set(head.splitlines())
    assert '"code":"HeadersTooLarge"' in body


def test_as_many_headers_as_are_allowed_are_taken(usual: Served) -> None:
    headers = b"".join(b"x-%d: %b\r\n" % (number, b"y" * 200) for number in range(98))
    assert usual.answers(GET + headers + b"connection: close\r\n\r\n")[9:12] == b"200"


HALF_OPEN = {
    "nothing": (b"", b"", "head-time"),
    "empty lines": (b"\r\n\r\n", b"", "head-time"),
    "part of the request line": (b"GET /v1/n", b"408", "head-time"),
    "part of the headers": (GET + b"accept: */*\r\nx-part", b"408", "head-time"),
    "part of the body": (POST + b"content-length: 100\r\n\r\n{", b"408", "body-time"),
    "part of a chunk": (POST + b"transfer-encoding: chunked\r\n\r\n64\r\n{", b"408", "body-time"),
}


@pytest.mark.parametrize(("sent", "status", "reason"), HALF_OPEN.values(), ids=HALF_OPEN.keys())
def test_a_connection_left_half_open_is_closed_in_time(sent: bytes, status: bytes, reason: str, strict: Served) -> None:
    counter = f'pasum_http_connections_refused_total{{reason="{reason}"}}'
    before = strict.metric(counter)
    assert strict.answers(sent)[9:12] == status
    assert strict.metric(counter) == before + 1


@pytest.mark.parametrize("drip", [b"\r\n", b"x-y: z\r\n"], ids=["empty lines", "headers"])
def test_a_byte_now_and_then_buys_no_time(drip: bytes, strict: Served) -> None:
    with strict.connect() as wire:
        if drip.strip():
            wire.sendall(GET)
        wire.settimeout(0.02)
        said = b""
        while not said:
            try:
                wire.sendall(drip)
                said = wire.recv(65_536)
                break
            except TimeoutError:
                continue
    assert said[9:12] == (b"408" if drip.strip() else b"")


def test_an_idle_connection_is_closed_and_a_busy_one_is_kept(strict: Served) -> None:
    with strict.connect() as wire:
        for _ in range(3):
            wire.sendall(GET + b"\r\n")
            assert an_answer(wire)[9:12] == b"200"
        assert rest(wire) == b""


def test_what_follows_a_request_in_hand_does_not_take_its_answer_away(strict: Served) -> None:
    said = strict.answers(GET + b"\r\n" + b"NOT HTTP\r\n\r\n")
    assert (said[9:12], said.count(b"HTTP/1.1")) == (b"200", 1)


def test_a_few_requests_may_wait_behind_another_and_no_more(strict: Served) -> None:
    few = strict.answers((GET + b"\r\n") * 9 + GET + b"connection: close\r\n\r\n")
    many = strict.answers((GET + b"\r\n") * 5_000)
    assert (few.count(b"HTTP/1.1 200"), many.count(b"HTTP/1.1 200")) == (10, 1)


def test_a_client_that_does_not_read_is_let_go(strict: Served) -> None:
    counter = 'pasum_http_connections_refused_total{reason="read-time"}'
    before = strict.metric(counter)
    with socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        wire.connect(("127.0.0.1", strict.port))
        wire.sendall(b"GET /v1/large HTTP/1.1\r\nhost: x\r\n\r\n")
        while strict.metric(counter) == before:
            pass
        assert len(rest(wire)) < LARGE


def test_one_address_cannot_take_all_connections_and_all_together_not_more_than_there_are(strict: Served) -> None:
    held = [strict.connect() for _ in range(10)]
    by_one = strict.answers()
    held += [strict.connect("127.0.0.2") for _ in range(2)]
    by_all = [strict.answers(source="127.0.0.3")[9:12] for _ in range(20)]
    for wire in held:
        wire.close()
    assert (by_one[9:12], b"retry-after: 2" in by_one, set(by_all)) == (b"503", True, {b"503"})
    refused = {one: strict.metric(f'pasum_http_connections_refused_total{{reason="{one}"}}') for one in WHOSE}
    assert refused == {"client": 1, "connections": 20}


def test_open_connections_are_counted(usual: Served) -> None:
    with usual.connect() as wire:
        wire.sendall(GET + b"\r\n")
        an_answer(wire)
        assert usual.metric("pasum_http_connections") == 2
