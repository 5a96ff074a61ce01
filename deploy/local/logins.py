"""Logins of the local issuer: authorization code flow with PKCE (RFC 7636) for test people, kept in memory only."""

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from deploy.local.people import PEOPLE, TestPerson

AUTHORIZE, TOKEN, REVOKE = "/authorize", "/token", "/revoke"
CODE_SECONDS = 60.0
_HERE = {"127.0.0.1", "localhost"}
_NEEDED = ("client_id", "redirect_uri", "state", "code_challenge")
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    person: TestPerson
    asked: Mapping[str, str]
    until: float


class Logins:
    """Codes that are good once, and refresh tokens that are replaced at each use; `token_of` makes access tokens."""

    def __init__(self, issuer: str, token_of: Callable[[TestPerson], str]) -> None:
        self.issuer = issuer
        self._token_of = token_of
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, TestPerson] = {}

    def code(self, person: TestPerson, asked: Mapping[str, str]) -> str:
        """A code for whoever has begun this login."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(person=person, asked=asked, until=time.monotonic() + CODE_SECONDS)
        return code

    def tokens(self, form: Mapping[str, str]) -> dict[str, str | int] | None:
        """The tokens for a code or a refresh token; None if it is not good (any more)."""
        if form.get("grant_type") == "refresh_token":
            person = self._refresh.pop(form.get("refresh_token", ""), None)
        else:
            person = self._person_of_code(form)
        if person is None:
            return None
        refresh = secrets.token_urlsafe(32)
        self._refresh[refresh] = person
        access = self._token_of(person)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "refresh_token": refresh}

    def revoke(self, token: str) -> None:
        """Forget a refresh token."""
        self._refresh.pop(token, None)

    def revoke_all(self) -> None:
        """Forget every login, as after a restart."""
        self._refresh.clear()

    def known_tokens(self) -> list[str]:
        """All refresh tokens that are good."""
        return list(self._refresh)

    def _person_of_code(self, form: Mapping[str, str]) -> TestPerson | None:
        known = self._codes.pop(form.get("code", ""), None)
        if known is None or time.monotonic() > known.until:
            return None
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        same = all(form.get(name) == known.asked[name] for name in ("client_id", "redirect_uri"))
        return known.person if same and challenge == known.asked["code_challenge"] else None


def login_routes(logins: Logins) -> APIRouter:
    """The routes of a login."""
    router = APIRouter()

    @router.get(AUTHORIZE)
    async def show_people(request: Request) -> Response:
        asked = dict(request.query_params)
        return HTMLResponse(_page(asked), headers=_NO_STORE) if _acceptable(asked) else _refused("invalid_request")

    @router.post(AUTHORIZE)
    async def choose_person(request: Request) -> Response:
        asked = await _form(request)
        person = next((one for one in PEOPLE if one.role == asked.get("person")), None)
        if person is None or not _acceptable(asked):
            return _refused("invalid_request")
        answer = {"code": logins.code(person, asked), "state": asked["state"], "iss": logins.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=303, headers=_NO_STORE)

    @router.post(TOKEN)
    async def give_tokens(request: Request) -> Response:
        tokens = logins.tokens(await _form(request))
        return _refused("invalid_grant") if tokens is None else JSONResponse(tokens, headers=_NO_STORE)

    @router.post(REVOKE)
    async def revoke_token(request: Request) -> Response:
        logins.revoke((await _form(request)).get("token", ""))
        return Response()

    return router


def _acceptable(asked: Mapping[str, str]) -> bool:
    """Whether a login has all that it needs, and comes back to this machine."""
    whole = all(asked.get(name) for name in _NEEDED) and asked.get("code_challenge_method") == "S256"
    return whole and urlsplit(asked["redirect_uri"]).hostname in _HERE


def _refused(error: str) -> Response:
    return JSONResponse({"error": error}, status_code=400, headers=_NO_STORE)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _page(asked: Mapping[str, str]) -> str:
    """The login page: one button for each test person."""
    hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
    buttons = "".join(
        f'<p><button name="person" value="{one.role}">{one.lao} · {one.english}'
        f"{f' ({one.organisation})' if one.organisation else ''}</button></p>"
        for one in PEOPLE
    )
    return (
        '<!doctype html><html lang="lo"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>ເຂົ້າສູ່ລະບົບ · Sign in</title>"
        "<style>body{font-family:system-ui,sans-serif;max-width:30em;margin:2em auto;padding:0 1em;line-height:1.6}"
        "button{font:inherit;width:100%;padding:.6em;text-align:left}</style>"
        "<h1>ເຂົ້າສູ່ລະບົບ · Sign in</h1><p>ຜູ້ໃຊ້ສຳລັບທົດສອບ, ບໍ່ຕ້ອງໃສ່ລະຫັດຜ່ານ · Test people, without a password</p>"
        f'<form method="post">{hidden}{buttons}</form></html>'
    )
