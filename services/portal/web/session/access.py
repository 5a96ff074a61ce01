"""The way of staff into the portal: begin a login, finish it, know who is signed in, refresh, sign out."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final, TypeAlias

from fastapi import Depends
from pydantic import SecretStr
from starlette.requests import Request

from services.portal.web.session.addresses import own_address
from services.portal.web.session.attempts import Attempts
from services.portal.web.session.cookies import LARGEST, Cookies
from services.portal.web.session.problems import SignInFailed, SignInNeeded
from services.portal.web.session.provider import Provider, ProviderSettings, Tokens
from services.portal.web.session.sealing import Seal
from services.portal.web.session.sessions import PURPOSE, SESSION, Session
from shared.auth import TokenInvalid, TokenVerifier
from shared.http import now
from shared.http.problem import UnknownPath
from shared.kernel import Actor, Unavailable

_EARLY: Final = 30  # seconds before its end in which an access token is refreshed
_SHARED: Final = 60.0  # seconds in which requests with the same refresh token get the same new tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSettings:
    """What the pages for staff need; `longest` is how long somebody stays signed in, in seconds."""

    provider: ProviderSettings
    verifier: TokenVerifier
    keys: SecretStr
    address: str
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in: his rights, his name for the page, and the headers with which services are asked for him."""

    actor: Actor
    name: str
    headers: dict[str, str]


class StaffAccess:
    """Signs people in and out, and knows them again."""

    def __init__(self, settings: StaffSettings) -> None:
        self._provider = Provider(settings.provider)
        self._verifier = settings.verifier
        self._cookies = Cookies.of(settings.address)
        self._seal = Seal(settings.keys)
        self._attempts = Attempts(self._seal, self._cookies)
        self._longest = settings.longest
        self._refreshing: dict[str, asyncio.Task[Tokens]] = {}

    async def close(self) -> None:
        """Close all connections."""
        await self._provider.close()

    async def start(self, request: Request, *, then: str | None, otherwise: str) -> str:
        """The address at which the browser signs in, to come back to `then` afterwards. Raises `Unavailable`."""
        own = own_address(then, otherwise=otherwise)
        attempt = self._attempts.start(request, then=own, now=await _seconds(request))
        return await self._provider.login_address(state=attempt.state, challenge=attempt.challenge)

    async def finish(self, request: Request, *, state: str, code: str, issuer: str | None) -> str:
        """Sign in whoever comes back from the provider; where to go. Raises `SignInFailed`, `Unavailable`."""
        at = await _seconds(request)
        attempt = self._attempts.finish(request, state, now=at)
        if attempt is None:
            raise SignInFailed
        await self._provider.check_issuer(issuer)
        tokens = await self._provider.tokens_for(code, verifier=attempt.verifier)
        await self._keep(request, tokens, begun_at=at)
        return attempt.then

    async def person(self, request: Request) -> Person:
        """Who is signed in; his access token is refreshed where it is needed. Raises `SignInNeeded`, `Unavailable`."""
        session = await self._current(request)
        try:
            actor = await self._verifier.verify(session.access, now=await now(request))
        except TokenInvalid:
            self._cookies.drop(request, SESSION)
            raise SignInNeeded from None
        return Person(actor=actor, name=session.shown_name, headers={"authorization": f"Bearer {session.access}"})

    def knows(self, request: Request) -> bool:
        """Whether the browser has a session, perhaps one that is over."""
        return self._read(request) is not None

    async def leave(self, request: Request) -> bool:
        """Sign out; False if the provider could not be told, so that its own session may go on."""
        session = self._read(request)
        self._cookies.drop(request, SESSION)
        if session is None or session.refresh is None:
            return True
        try:
            await self._provider.revoke(session.refresh)
        except (SignInFailed, Unavailable):
            return False
        return True

    def _read(self, request: Request) -> Session | None:
        sealed = request.cookies.get(self._cookies.name(SESSION))
        packed = self._seal.open(sealed, purpose=PURPOSE) if sealed else None
        return Session.unpacked(packed) if packed else None

    async def _current(self, request: Request) -> Session:
        session, at = self._read(request), await _seconds(request)
        if session is None or at - session.begun_at >= self._longest:
            raise SignInNeeded
        if at < session.access_until - _EARLY:
            return session
        return await self._refreshed(request, session, at=at)

    async def _refreshed(self, request: Request, session: Session, *, at: int) -> Session:
        if session.refresh is None:
            if at < session.access_until:
                return session
            raise SignInNeeded
        try:
            tokens = await self._new_tokens(session.refresh)
            return await self._keep(request, tokens, begun_at=session.begun_at)
        except SignInFailed:
            self._cookies.drop(request, SESSION)
            raise SignInNeeded from None
        except Unavailable:
            if at < session.access_until:
                return session
            raise

    async def _new_tokens(self, refresh: str) -> Tokens:
        """New tokens; a refresh token may be good once, and a browser asks for several pages at the same time."""
        key = sha256(refresh.encode()).hexdigest()
        flight = self._refreshing.get(key)
        if flight is None or (flight.done() and flight.exception() is not None):
            flight = self._refreshing[key] = asyncio.create_task(self._provider.refreshed(refresh))
            asyncio.get_running_loop().call_later(_SHARED, self._refreshing.pop, key, None)
        return await asyncio.shield(flight)

    async def _keep(self, request: Request, tokens: Tokens, *, begun_at: int) -> Session:
        try:
            await self._verifier.verify(tokens.access, now=await now(request))
        except TokenInvalid:
            raise SignInFailed from None
        session = Session.of(tokens, begun_at=begun_at)
        sealed = self._seal.seal(session.packed(), purpose=PURPOSE)
        if len(sealed) + len(self._cookies.name(SESSION)) > LARGEST:
            raise SignInFailed
        self._cookies.put(request, SESSION, sealed)
        return session


async def _seconds(request: Request) -> int:
    return int((await now(request)).timestamp())


def access_of(request: Request) -> StaffAccess:
    """The way in of this portal; raises `UnknownPath` where there are no pages for staff."""
    access: StaffAccess | None = request.app.state.staff
    if access is None:
        raise UnknownPath
    return access


async def _person(request: Request) -> Person:
    return await access_of(request).person(request)


SignedIn: TypeAlias = Annotated[Person, Depends(_person)]
"""The parameter of every route for staff: who is signed in."""
