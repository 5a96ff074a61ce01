"""The OIDC provider as its client sees it: authorization code flow with PKCE (RFC 6749, RFC 7636), and revocation."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx

from services.portal.web.session.problems import SignInFailed
from shared.kernel import Unavailable

_CONNECT_SECONDS: Final = 3.0
_NEEDED: Final = ("authorization_endpoint", "token_endpoint")
_UNAVAILABLE: Final = "the provider of logins does not answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """The provider, and how it knows us; `secret` is None for a public client."""

    issuer: str
    discovery_url: str
    client_id: str
    secret: str | None
    scope: str
    redirect_uri: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the provider gives; not every provider gives a refresh token."""

    access: str
    refresh: str | None


class Provider:
    """Asks the provider; its addresses are those of its discovery document, which is read once."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        timeout = httpx.Timeout(settings.seconds, connect=_CONNECT_SECONDS)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)
        self._metadata: Mapping[str, Any] = {}
        self._reading = asyncio.Lock()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def login_address(self, *, state: str, challenge: str) -> str:
        """Where the browser signs in; `challenge` is the SHA-256 of the verifier (S256). Raises `Unavailable`."""
        metadata = await self._known()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": self._settings.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint: str = metadata["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def check_issuer(self, named: str | None) -> None:
        """Raise `SignInFailed` if an answer comes from another provider (RFC 9207)."""
        metadata = await self._known()
        needed = metadata.get("authorization_response_iss_parameter_supported") is True
        if (named is None and needed) or named not in (None, self._settings.issuer):
            raise SignInFailed

    async def tokens_for(self, code: str, *, verifier: str) -> Tokens:
        """The tokens for a code, which is good once. Raises `SignInFailed`, `Unavailable`."""
        redirect = self._settings.redirect_uri
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        return _tokens(await self._post("token_endpoint", form), before=None)

    async def refreshed(self, refresh: str) -> Tokens:
        """New tokens; the refresh token stays the same where the provider gives no other one. Raises the same."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        return _tokens(await self._post("token_endpoint", form), before=refresh)

    async def revoke(self, refresh: str) -> None:
        """End a session at the provider, if it can be asked to (RFC 7009). Raises `SignInFailed`, `Unavailable`."""
        if "revocation_endpoint" in await self._known():
            await self._post("revocation_endpoint", {"token": refresh, "token_type_hint": "refresh_token"})

    async def _known(self) -> Mapping[str, Any]:
        async with self._reading:
            if not self._metadata:
                self._metadata = await self._discover()
        return self._metadata

    async def _discover(self) -> Mapping[str, Any]:
        answer = await self._send(self._client.build_request("GET", self._settings.discovery_url))
        try:
            metadata = _json(answer)
        except SignInFailed:
            metadata = {}
        if metadata.get("issuer") != self._settings.issuer or any(name not in metadata for name in _NEEDED):
            raise Unavailable("the discovery document of the provider is not that of the issuer")
        return metadata

    async def _post(self, endpoint: str, form: Mapping[str, str]) -> httpx.Response:
        metadata, settings = await self._known(), self._settings
        headers: dict[str, str] = {}
        sent = {**form}
        if settings.secret is None:
            sent["client_id"] = settings.client_id
        elif "client_secret_basic" in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            headers["authorization"] = _basic(settings.client_id, settings.secret)
        else:
            sent |= {"client_id": settings.client_id, "client_secret": settings.secret}
        return await self._send(self._client.build_request("POST", metadata[endpoint], data=sent, headers=headers))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = await self._client.send(request)
        except httpx.TransportError as error:
            raise Unavailable(_UNAVAILABLE) from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Unavailable(f"the provider of logins answered {answer.status_code}")
        return answer


def _basic(client_id: str, secret: str) -> str:
    """The credentials of a confidential client (RFC 6749, 2.3.1)."""
    pair = ":".join(quote(part, safe="") for part in (client_id, secret))
    return f"Basic {b64encode(pair.encode()).decode()}"


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json() if answer.is_success else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise SignInFailed
    return told


def _tokens(answer: httpx.Response, *, before: str | None) -> Tokens:
    told = _json(answer)
    access, refresh = told.get("access_token"), told.get("refresh_token", before)
    if not isinstance(access, str) or str(told.get("token_type")).lower() != "bearer":
        raise SignInFailed
    return Tokens(access=access, refresh=refresh if isinstance(refresh, str) else None)
