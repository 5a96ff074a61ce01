"""HTTP over a real socket: requests no client library sends, and whatever schemathesis can think of."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from shared.database import Database
from shared.http.server import HttpServer
from shared.service.needed import DatabasePart
from tests.shared.provider import Provider
from tests.shared.sample_service import application

Address = tuple[str, int]


@pytest.fixture
def address(database: Database, provider: Provider) -> Iterator[Address]:
    """The sample service, in a thread and loop of its own."""
    own = Database(database.dsn, pool_size=2)
    server = HttpServer(application(own, provider.verifier()), host="127.0.0.1", port=0)
    up, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        parts = DatabasePart(own), server
        for part in parts:
            await part.start()
        up.set()
        await done.wait()
        for part in reversed(parts):
            await part.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    up.wait()
    yield "127.0.0.1", server.port
    loop.call_soon_threadsafe(done.set)
    thread.join()
    loop.close()


@pytest.fixture
def documented(address: Address, provider: Provider) -> schemathesis.BaseSchema:
    headers = {"authorization": f"Bearer {provider.token('desk')}"}
    return schemathesis.openapi.from_url("http://{}:{}/openapi.json".format(*address), headers=headers)


def exchange(address: Address, request: bytes) -> bytes:
    """What comes back until the server closes."""
    with socket.create_connection(address, timeout=10) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65_536), b""))


REQUESTS = {
    "bytes in the path": (b"GET /v1/\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
    "bytes in the query": (b"GET /v1/seats?cursor=\xff HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
    "bytes in a header": (b"GET /v1/seats HTTP/1.1\r\nhost: x\r\ntraceparent: \xff\r\n\r\n", b"200"),
    "a length that is no number": (b"POST /v1/seats HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", b"400"),
    "a length beyond the limit": (b"POST /v1/seats HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n", b"413"),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01", b"400"),
}


@pytest.mark.parametrize(("request_", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_odd_requests_are_refused(request_: bytes, status: bytes, address: Address) -> None:
    assert exchange(address, request_)[9:12] == status


@pytest.mark.parametrize("label", ["POST /v1/seats", "GET /v1/seats", "PUT /v1/seats/{seat}", "GET /v1/now"])
def test_every_answer_is_the_documented_one(label: str, documented: schemathesis.BaseSchema) -> None:
    operations = {one.ok().label: one.ok() for one in documented.get_all_operations() if isinstance(one, Ok)}

    @given(
        case=operations[label].as_strategy(generation_mode=GenerationMode.NEGATIVE) | operations[label].as_strategy()
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Case[Any]) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])  # the domain may refuse what the form allows

    check()
