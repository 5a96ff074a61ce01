"""Large bodies, sent piece by piece and never in memory as a whole."""

from collections.abc import AsyncIterator, Mapping

from starlette.responses import StreamingResponse


async def streamed(
    pieces: AsyncIterator[bytes], *, size: int, media_type: str, headers: Mapping[str, str]
) -> StreamingResponse:
    """A response of `size` bytes, whose first piece is read before: what that raises becomes the answer.

    What a later piece raises breaks the connection, and the client notices that bytes are missing.
    """
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(all_pieces(), media_type=media_type, headers={**headers, "Content-Length": str(size)})
