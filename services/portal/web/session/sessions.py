"""A session: the tokens of whoever is signed in, sealed in one cookie. Nothing of it is kept by the portal."""

from dataclasses import dataclass
from typing import Any, Final

import jwt

from services.portal.web.session.problems import SignInFailed
from services.portal.web.session.provider import Tokens

SESSION: Final = "session"
PURPOSE: Final = "session 1"  # with the number of its form: a session of another form is none
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`access_until` is when the access token expires, `begun_at` when somebody signed in, in seconds (Unix time)."""

    access: str
    refresh: str | None
    access_until: int
    begun_at: int

    @classmethod
    def of(cls, tokens: Tokens, *, begun_at: int) -> "Session":
        """Of tokens whose access token is verified already. Raises `SignInFailed` if it never expires."""
        until = _claims(tokens.access).get("exp")
        if not isinstance(until, int | float):
            raise SignInFailed
        return cls(access=tokens.access, refresh=tokens.refresh, access_until=int(until), begun_at=begun_at)

    @property
    def shown_name(self) -> str:
        """What the person is called on the pages: the name in the token, else the account."""
        claims = _claims(self.access)
        names = (claims.get(claim) for claim in ("name", "preferred_username", "sub"))
        return next((name for name in names if isinstance(name, str) and name.strip()), "")[:_LONGEST_NAME]

    def packed(self) -> dict[str, Any]:
        """As it is sealed."""
        return {"a": self.access, "r": self.refresh, "u": self.access_until, "b": self.begun_at}

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> "Session":
        """As it was sealed."""
        return cls(access=packed["a"], refresh=packed["r"], access_until=packed["u"], begun_at=packed["b"])


def _claims(token: str) -> dict[str, Any]:
    """The claims of an access token that was verified when the session was sealed."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
