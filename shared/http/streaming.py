"""Bodies that are sent piece by piece: large ones, never in memory as a whole, and event streams without an end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

EVENT_STREAM: Final = "text/event-stream"
"""Server-sent events (WHATWG HTML, 9.2): the time of such a response says nothing about our speed."""


def leaving(request: Request) -> asyncio.Event:
    """An event that is set when the web server of this process sends its clients away: end what has no end."""
    event: asyncio.Event = request.app.state.leaving
    return event


async def streamed(
    pieces: AsyncIterator[bytes], *, size: int, media_type: str, headers: Mapping[str, str], status: int = 200
) -> StreamingResponse:
    """A response of `size` bytes, whose first piece is read before: what that raises becomes the answer.

    What a later piece raises breaks the connection, and the client notices that bytes are missing.
    """
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    whole = {**headers, "Content-Length": str(size)}
    return StreamingResponse(all_pieces(), status_code=status, media_type=media_type, headers=whole)


async def endless(pieces: AsyncIterator[bytes]) -> StreamingResponse:
    """A response of server-sent events, whose first piece is read before: what that raises becomes the answer."""
    first = await anext(pieces)

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(all_pieces(), media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
