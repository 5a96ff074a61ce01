"""A large answer is sent piece by piece; one that cannot be completed is broken off, and nobody takes it for whole."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK
from shared.http.server import HttpServer
from shared.http.streaming import streamed

PIECE = bytes(100_000)


class Damaged(Exception):
    """What a store says of an object."""


async def pieces(damaged_after: int) -> AsyncIterator[bytes]:
    for number in range(3):
        if number == damaged_after:
            raise Damaged
        yield PIECE


async def answer(request: Request) -> Response:
    damaged_after = int(request.query_params["damaged_after"])
    return await streamed(pieces(damaged_after), size=3 * len(PIECE), media_type="application/zip", headers={})


async def damaged(_request: Request, _error: Exception) -> Response:
    return Response(status_code=503)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = Starlette(routes=[Route("/", answer)], exception_handlers={Damaged: damaged})
    server = HttpServer(app, host=LOOPBACK, port=0)
    await server.start()
    yield f"http://{LOOPBACK}:{server.port}/"
    await server.stop()


async def get(url: str, damaged_after: int) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url, params={"damaged_after": damaged_after})


async def test_all_pieces_come_with_their_length(url: str) -> None:
    received = await get(url, damaged_after=9)
    assert (received.content, received.headers["content-length"]) == (PIECE * 3, str(3 * len(PIECE)))


async def test_what_the_first_piece_raises_is_the_answer(url: str) -> None:
    assert (await get(url, damaged_after=0)).status_code == 503


async def test_what_a_later_piece_raises_breaks_the_connection(url: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await get(url, damaged_after=2)
