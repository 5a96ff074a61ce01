"""Files as bodies: in pieces up to the limit of their route, whole or not at all, of the named types only."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Message

from shared.http.middleware import RequestMiddleware
from shared.http.problem import ClientLeft, on_refusal
from shared.http.uploads import PIECE_BYTES, Uploads, media_type_of, pieces, takes_files
from shared.kernel import Refusal

LIMIT = 3 * PIECE_BYTES
CSV = {"content-type": "text/csv; charset=utf-8"}


def application() -> FastAPI:
    app = FastAPI(exception_handlers={Refusal: on_refusal})

    @app.post("/files", openapi_extra=takes_files("text/csv", limit=LIMIT))
    async def take(request: Request) -> list[int]:
        media_type_of(request, "text/csv")
        return [len(piece) async for piece in pieces(request)]

    @app.post("/others")
    async def other(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(RequestMiddleware, body_limit=1_000, uploads=Uploads(app.routes))
    return app


@pytest.fixture
def caller() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url="http://files.test")


async def in_parts(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 65_536):
        yield b"x" * min(65_536, size - start)


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, LIMIT - 1, LIMIT])
async def test_a_file_comes_in_pieces_whether_its_length_is_declared_or_not(
    size: int, caller: httpx.AsyncClient
) -> None:
    whole, rest = divmod(size, PIECE_BYTES)
    expected = [PIECE_BYTES] * whole + ([rest] if rest else [])
    for content in (b"x" * size, in_parts(size)):
        assert (await caller.post("/files", content=content, headers=CSV)).json() == expected


async def test_a_file_above_the_limit_of_its_route_is_refused(caller: httpx.AsyncClient) -> None:
    for content in (b"x" * (LIMIT + 1), in_parts(LIMIT + 1)):
        assert (await caller.post("/files", content=content, headers=CSV)).json()["code"] == "BodyTooLarge"


async def test_other_routes_keep_the_usual_limit(caller: httpx.AsyncClient) -> None:
    for path, content in (("/others", b"x" * 1_001), ("/others", in_parts(1_001)), ("/nowhere", b"x" * 1_001)):
        assert (await caller.post(path, content=content)).json()["code"] == "BodyTooLarge"


async def test_the_type_of_a_file_is_one_of_those_that_are_named(caller: httpx.AsyncClient) -> None:
    refused = (await caller.post("/files", content=b"x", headers={"content-type": "text/html"})).json()
    assert (refused["status"], refused["code"]) == (415, "UnsupportedFileType")
    assert refused["details"] == {"allowed": ["text/csv"]}


async def test_a_file_that_does_not_come_whole_is_none() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    with pytest.raises(ClientLeft):
        [piece async for piece in pieces(Request({"type": "http", "headers": []}, receive))]
