"""The cookies of a session: what they are called, which attributes they have, and how pages set them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

LARGEST: Final = 4_000  # bytes of name and value together; browsers keep 4,096 with the attributes
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_NEW: Final = "portal.cookies"  # in the scope of a request


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one address of the portal; only on this machine itself it may be without TLS.

    With TLS names begin with `__Host-`: browsers then take the cookie from this host alone, with `Secure`. Browsers do
    not agree whether they do so on http://127.0.0.1, so there the names have no prefix and the cookies no `Secure`.
    """

    secure: bool

    @classmethod
    def of(cls, address: str) -> "Cookies":
        """For a portal at this address. Raises `ValueError` where anybody could read the cookies on their way."""
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("must begin with https:// (or be on this machine itself)")
        return cls(secure=parts.scheme == "https")

    def name(self, plain: str) -> str:
        """The name under which a cookie is kept."""
        return f"__Host-{plain}" if self.secure else plain

    def attributes(self, *, seconds: int | None = None) -> str:
        """For which requests a browser sends a cookie, and how long it keeps it."""
        age = "" if seconds is None else f"; Max-Age={seconds}"
        return f"Path=/{age}; HttpOnly; SameSite=Lax{'; Secure' if self.secure else ''}"

    def put(self, request: Request, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie with the answer to this request; without `seconds` until the browser is closed."""
        _new_of(request)[name] = f"{self.name(name)}={value}; {self.attributes(seconds=seconds)}"

    def drop(self, request: Request, name: str) -> None:
        """Delete a cookie with the answer to this request."""
        self.put(request, name, "", seconds=0)


def _new_of(request: Request) -> dict[str, str]:
    new: dict[str, str] = request.scope.setdefault(_NEW, {})
    return new


def set_cookies(request: Request, response: Response) -> None:
    """Give a response the cookies that were set or deleted while its request was answered."""
    for cookie in _new_of(request).values():
        response.headers.append("set-cookie", cookie)
