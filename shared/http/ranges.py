"""A part of a response that the client asks for: one range of bytes (RFC 9110, 14)."""

import re
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from shared.http.problem import refusal_answer
from shared.http.streaming import streamed
from shared.kernel import Refusal

_RANGE: Final = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class RangeNotSatisfiable(Refusal):
    """The range begins after the end; `size` is how many bytes there are."""

    status = 416
    lao = "ຂໍຂໍ້ມູນເກີນຂະໜາດຂອງໄຟລ໌"
    english = "The range begins after the end of the file."


async def ranged(
    request: Request, pieces: AsyncIterator[bytes], *, size: int, media_type: str, headers: Mapping[str, str]
) -> Response:
    """The pieces, `size` bytes of them, or the range that is asked for; `headers` has the ETag, a strong one.

    The first piece is read before, as in `streamed`. Several ranges at once, and other units, are answered with all.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    asked = _asked(request, tag=headers["ETag"])
    if asked is None:
        return await streamed(pieces, size=size, media_type=media_type, headers=headers)
    start, stop = _within(asked, size)
    if start >= stop:
        return refusal_answer(RangeNotSatisfiable(size=size), headers={"content-range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    part = _part(pieces, start, stop)
    return await streamed(
        part, size=stop - start, media_type=media_type, headers=headers, status=HTTPStatus.PARTIAL_CONTENT
    )


def _asked(request: Request, *, tag: str) -> tuple[str, str] | None:
    """First and last byte as they are written; None where all is to be sent.

    If-None-Match comes before Range, and may be answered with 304; If-Range is only met by the same tag.
    """
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or "if-none-match" in request.headers or request.headers.get("if-range", tag) != tag:
        return None
    first, last = found.groups()
    backwards = bool(first and last) and int(last) < int(first)
    return None if backwards or not (first or last) else (first, last)


def _within(asked: tuple[str, str], size: int) -> tuple[int, int]:
    """The range as `start` and `stop`; empty where nothing of it is there."""
    first, last = asked
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


async def _part(pieces: AsyncIterator[bytes], start: int, stop: int) -> AsyncIterator[bytes]:
    """The bytes from `start` to before `stop`; nothing is read after them."""
    place = 0
    async for piece in pieces:
        wanted = piece[max(0, start - place) : stop - place]
        place += len(piece)
        if wanted:
            yield wanted
        if place >= stop:
            return
