"""Sends the response of one request: adds the required headers, and handles HEAD and If-None-Match (304)."""

import re
from http import HTTPStatus
from typing import Final

from starlette.types import Message, Send

from shared.http.streaming import EVENT_STREAM

CLIENT_LEFT: Final = 499
_TAG: Final = re.compile(rb'(?:W/)?("[^"]*")')
_OF_A_BODY: Final = frozenset({b"content-length", b"content-type", b"content-disposition"})
_EVENTS: Final = (b"content-type", EVENT_STREAM.encode())
NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
NO_STORE: Final = (b"cache-control", b"no-store")  # a route may set another value: most responses are about persons


class Answer:
    """Wraps ASGI's `send` for one request.

    `answering` is true once the response has begun; `status` is its status, `CLIENT_LEFT` until then. `endless` is true
    for a stream of events, which lasts as long as the client wants.
    """

    __slots__ = ("_bodiless", "_known", "_reads", "_send", "answering", "endless", "status")

    def __init__(self, send: Send, *, method: str, if_none_match: bytes | None) -> None:
        self._send = send
        self._bodiless = method == "HEAD"
        self._reads = method in {"GET", "HEAD"}
        self._known = if_none_match
        self.answering = False
        self.endless = False
        self.status = CLIENT_LEFT

    async def send(self, message: Message) -> None:
        """ASGI's `send`; a HEAD or 304 response is sent without its body."""
        if message["type"] == "http.response.start":
            self.answering = True
            await self._send(self._head(message))
            self.status = message["status"]
        elif not self._bodiless:
            await self._send(message)
        elif not message.get("more_body", False):
            await self._send({"type": "http.response.body", "body": b""})

    def _head(self, message: Message) -> Message:
        headers = list(message.get("headers", ()))
        names = {name for name, _ in headers}
        self.endless = any(each == _EVENTS for each in headers)
        headers += [each for each in (NOSNIFF, NO_STORE) if each[0] not in names]
        if self._known is not None and self._reads and message["status"] == HTTPStatus.OK and b"etag" in names:
            tag = next(value for name, value in headers if name == b"etag")
            if _matches(self._known, tag):
                self._bodiless = True
                message["status"] = HTTPStatus.NOT_MODIFIED.value
                headers = [each for each in headers if each[0] not in _OF_A_BODY]
        return {**message, "headers": headers}


def _matches(known: bytes, tag: bytes) -> bool:
    """Whether the tag is in If-None-Match, by weak comparison (RFC 9110, 13.1.2)."""
    return known.strip() == b"*" or tag.removeprefix(b"W/") in _TAG.findall(known)
