"""A login that is under way: what the browser keeps of it for ten minutes, in a cookie of its own for each attempt."""

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from services.portal.web.session.cookies import Cookies
from services.portal.web.session.sealing import Seal

SECONDS: Final = 600
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_BYTES_OF_STATE: Final = 24
_MOST: Final = 5  # attempts that a browser keeps, so that its cookies stay small
_PREFIX: Final = "login-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One login: `verifier` proves to the provider that we have begun it, `then` is where it leads."""

    state: str
    verifier: str
    then: str
    begun_at: int

    @property
    def challenge(self) -> str:
        """The verifier as the provider is told of it (S256)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


class Attempts:
    """Begins logins and finds them again, each in the browser that has begun it."""

    def __init__(self, seal: Seal, cookies: Cookies) -> None:
        self._seal = seal
        self._cookies = cookies

    def start(self, request: Request, *, then: str, now: int) -> Attempt:
        """A new login, kept by the browser; the oldest are forgotten where there are many."""
        state = secrets.token_urlsafe(_BYTES_OF_STATE)
        attempt = Attempt(state=state, verifier=secrets.token_urlsafe(48), then=then, begun_at=now)
        kept = {"v": attempt.verifier, "t": attempt.then, "b": now}
        name = f"{_PREFIX}{state}"
        self._cookies.put(request, name, self._seal.seal(kept, purpose=name), seconds=SECONDS)
        prefix = self._cookies.name(_PREFIX)
        known = [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]
        for old in known[: max(0, len(known) + 1 - _MOST)]:
            if _STATE.fullmatch(old):
                self._cookies.drop(request, f"{_PREFIX}{old}")
        return attempt

    def finish(self, request: Request, state: str, *, now: int) -> Attempt | None:
        """The login of this state, which is then forgotten; None if this browser did not begin it, or long ago."""
        if not _STATE.fullmatch(state):
            return None
        name = f"{_PREFIX}{state}"
        sealed = request.cookies.get(self._cookies.name(name))
        if sealed is None:
            return None
        self._cookies.drop(request, name)
        kept = self._seal.open(sealed, purpose=name)
        if kept is None or not 0 <= now - kept["b"] <= SECONDS:
            return None
        return Attempt(state=state, verifier=kept["v"], then=kept["t"], begun_at=kept["b"])
