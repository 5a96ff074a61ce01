"""Routes that take files: how large a body may be, and the body piece by piece, never in memory as a whole."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.routing import BaseRoute
from starlette.types import Message, Receive, Scope

from shared.http.problem import BodyTooLarge, ClientLeft
from shared.kernel import Refusal

LIMIT: Final = "x-body-limit"
"""The extension of an OpenAPI operation that names the largest body in bytes, where it is not the usual one."""
PIECE_BYTES: Final = 512 * 1024


class UnsupportedFileType(Refusal):
    """The body is a file of a type that this route does not take; `allowed` lists those it takes."""

    status = 415
    lao = "ບໍ່ຮັບໄຟລ໌ປະເພດນີ້"
    english = "Files of this type are not taken here; allowed lists those that are."


def takes_files(*media_types: str, limit: int) -> dict[str, Any]:
    """The `openapi_extra=` of a route whose body is a file of one of `media_types` with at most `limit` bytes."""
    file = {"schema": {"type": "string", "format": "binary"}}
    return {LIMIT: limit, "requestBody": {"required": True, "content": dict.fromkeys(media_types, file)}}


class Uploads:
    """The routes of an application that take files, found before the request is routed."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._limits: list[tuple[re.Pattern[str], set[str], int]] = [
            (route.path_regex, route.methods or set(), route.openapi_extra[LIMIT])
            for route in routes
            if isinstance(route, APIRoute) and route.openapi_extra and LIMIT in route.openapi_extra
        ]

    def limit(self, scope: Scope) -> int | None:
        """The largest body of this request in bytes; None where it takes no file."""
        matching = (
            limit
            for path, methods, limit in self._limits
            if scope["method"] in methods and path.match(scope["path"]) is not None
        )
        return next(matching, None)


def limited(receive: Receive, *, declared: bytes, limit: int) -> Receive:
    """A `receive` that passes the pieces of a body on as they come; raises `BodyTooLarge` above `limit` bytes."""
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise BodyTooLarge
        return message

    return counted


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of `PIECE_BYTES`, the last one shorter; raises `ClientLeft` where it does not come whole."""
    waiting = bytearray()
    try:
        async for part in request.stream():
            waiting += part
            while len(waiting) >= PIECE_BYTES:
                yield bytes(waiting[:PIECE_BYTES])
                del waiting[:PIECE_BYTES]
    except ClientDisconnect:
        raise ClientLeft from None
    if waiting:
        yield bytes(waiting)


def media_type_of(request: Request, *allowed: str) -> str:
    """The media type of the body, without parameters; raises `UnsupportedFileType` if it is not `allowed`."""
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if essence not in allowed:
        raise UnsupportedFileType(allowed=allowed)
    return essence
