"""Authentication: verifies an OIDC access token (RFC 9068, RFC 8725) with the issuer's keys and returns the actor."""

import asyncio
import json
import math
import ssl
import time
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.kernel import Actor, Refusal, Role, Unavailable
from shared.observability.faults import Fault, Faulty, report, resolve
from shared.observability.logging import Log, log
from shared.observability.metrics import JWKS_FETCHES, TOKENS_REFUSED

ALGORITHMS: Final = frozenset({"RS256", "ES256", "EdDSA"})  # asymmetric only: a public key can never serve as a secret
TOKEN_LIMIT: Final = 16 * 1024  # characters
SUBJECT_LIMIT: Final = 255  # characters (OpenID Connect Core, 2)
LEEWAY_SECONDS: Final = 30.0
SEEN_LIMIT: Final = 1024  # verified tokens that are remembered, so that their signature is not computed again
PART: Final = "identity-keys"
KEYS_LIMIT: Final = 256 * 1024  # bytes of a JWKS document
KEYS_SECONDS: Final = 5.0  # for the whole fetch
KEYS_MAX_AGE_SECONDS: Final = 600.0
RSA_BITS: Final = 2048
_LAST_MOMENT: Final = 2**53  # seconds; larger numbers are no times, and may be too large for a float
ACCESS_TOKEN: Final = "at+jwt"  # noqa: S105 -- the `typ` of an access token (RFC 9068, 2.1); ID tokens say `JWT`
_ROLES: Final = {str(role): role for role in Role}
_CHECKS: Final[Any] = {
    "require": ["iss", "aud", "sub", "exp", "iat"],
    "verify_exp": False,  # the times are compared with the clock reading of the request, in _check_times
    "verify_nbf": False,
    "verify_iat": False,
}


class TokenMissing(Refusal):
    """The request has no bearer token, but the route requires one."""

    status = 401
    lao = "ກະລຸນາເຂົ້າສູ່ລະບົບກ່ອນ"
    english = "Please sign in first."


class TokenInvalid(Refusal):
    """The token is not trusted or has expired; the reason is in the log and the metrics, not in the answer."""

    status = 401
    lao = "ການເຂົ້າສູ່ລະບົບໝົດອາຍຸ ຫຼື ບໍ່ຖືກຕ້ອງ. ກະລຸນາເຂົ້າສູ່ລະບົບຄືນໃໝ່"
    english = "Your sign-in has expired or is not valid; sign in again."


# What the libraries may raise for a hostile header or hostile claims: depth, size, lone surrogates.
_UNREADABLE: Final = (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)


class _Untrusted(Exception):
    """The reason why a token is not trusted: one of a few words, for logs and metrics."""


class TokenVerifier:
    """Verifies tokens of one issuer for one audience; holds the issuer's keys."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        jwks_url: str | None = None,
        *,
        types: Iterable[str] = (ACCESS_TOKEN,),
        cool_down: float = 2.0,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._types = frozenset(_media_type(one) for one in types)
        self._keys = KeySet(jwks_url or f"{issuer.rstrip('/')}/.well-known/jwks.json", cool_down=cool_down)
        self._seen: dict[str, tuple[jwt.PyJWK, dict[str, Any]]] = {}

    async def check(self) -> None:
        """Return if the issuer's keys are known, fetching them if not; raises `Faulty`.

        Known keys stay valid while the issuer does not answer, so this fails only before the first fetch.
        """
        await self._keys.check()

    async def verify(self, token: str, *, now: datetime) -> Actor:
        """The actor of a valid token; its times are compared with `now`.

        It may wait for the issuer's keys. Raises `TokenInvalid`, or `Unavailable` if the keys are needed but the
        issuer does not answer.
        """
        try:
            header = _header(token, self._types)
            claims = self._claims(token, await self._keys.find(header["kid"]))
            _check_times(claims, now.timestamp())
            return _actor(claims)
        except (_Untrusted, *_UNREADABLE) as error:
            reason = str(error) if isinstance(error, _Untrusted) else type(error).__name__
            TOKENS_REFUSED.labels(reason).inc()
            log.info(Log.TOKEN_REFUSED, reason=reason)
            raise TokenInvalid from None

    def _claims(self, token: str, key: jwt.PyJWK | None) -> dict[str, Any]:
        """The claims, if the signature is valid; the algorithm is that of the key, not the one the token names."""
        if key is None:
            raise _Untrusted("unknown-key")
        seen = self._seen.get(token)
        if seen is not None and seen[0] is key:  # the signature is verified once per token and fetch of the keys
            return seen[1]
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            issuer=self._issuer,
            audience=self._audience,
            options=_CHECKS,
        )
        if len(self._seen) >= SEEN_LIMIT:
            self._seen.pop(next(iter(self._seen)))
        self._seen[token] = key, claims
        return claims


class KeySet:
    """The issuer's public keys by `kid`, fetched from its JWKS document.

    There is one fetch at a time, and never two within `cool_down` seconds. A token with an unknown `kid` waits for the
    next fetch. So a rotation of keys refuses nobody, and a flood of invented kids costs one fetch per cool-down. While
    the issuer does not answer, the known keys stay valid.
    """

    def __init__(self, url: str, *, cool_down: float) -> None:
        self._url = url
        self._cool_down = cool_down
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = -math.inf
        self._tried = -math.inf
        self._flight: asyncio.Task[bool] | None = None
        self._faulty = Faulty(Fault.IDENTITY_KEYS_UNAVAILABLE, url)

    async def check(self) -> None:
        """Return if any keys are known, fetching them if not; raises `Faulty`."""
        if not self._keys and not await asyncio.shield(self._refresh()):
            raise self._faulty

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key, or None if the issuer does not have it; may wait for a fetch, raises `Unavailable` if that fails."""
        if kid in self._keys:
            if time.monotonic() - self._fetched > KEYS_MAX_AGE_SECONDS:
                self._refresh()
            return self._keys[kid]
        if not await asyncio.shield(self._refresh()):
            raise Unavailable("identity provider", retry_after=self._cool_down)
        return self._keys.get(kid)

    def _refresh(self) -> "asyncio.Task[bool]":
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._fetch(), name="jwks")
        return self._flight

    async def _fetch(self) -> bool:
        await asyncio.sleep(max(0.0, self._tried + self._cool_down - time.monotonic()))
        self._tried = time.monotonic()
        try:
            async with asyncio.timeout(KEYS_SECONDS):
                self._keys = _usable(json.loads(await _get(self._url)))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RecursionError) as error:
            JWKS_FETCHES.labels("failed").inc()
            why = str(error) if type(error) is ValueError else type(error).__name__
            self._faulty = Faulty(Fault.IDENTITY_KEYS_UNAVAILABLE, f"{self._url}: {why}")
            report(PART, self._faulty)
            return False
        resolve(PART)
        self._fetched = time.monotonic()
        JWKS_FETCHES.labels("ok").inc()
        log.info(Log.KEYS_REFRESHED, count=len(self._keys))
        return True


async def _get(url: str) -> bytes:
    """The document at `url`, without redirects and proxies; `ValueError` unless it has status 200 and limited size."""
    body = bytearray()
    trust = ssl.create_default_context()
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, verify=trust) as client,
        client.stream("GET", url, timeout=KEYS_SECONDS) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise ValueError(f"status {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > KEYS_LIMIT:
                raise ValueError("too large")
    return bytes(body)


def _usable(document: Any) -> dict[str, jwt.PyJWK]:
    """The keys of a JWKS document (RFC 7517) that we accept for signatures; raises `ValueError` if there are none."""
    listed = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, jwt.PyJWK] = {}
    for entry in listed if isinstance(listed, list) else []:
        key = _usable_key(entry)
        if key is not None:
            keys[entry["kid"]] = key
    if not keys:
        raise ValueError("no usable key")
    return keys


def _usable_key(entry: Any) -> jwt.PyJWK | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(entry)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if key.algorithm_name not in ALGORITHMS:
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < RSA_BITS:
        return None
    return key


def _header(token: str, types: AbstractSet[str]) -> dict[str, Any]:
    """The checked header of a token; members that name a key elsewhere (`jku`, `jwk`, `x5u`) are ignored."""
    if len(token) > TOKEN_LIMIT or not token.isascii():
        raise _Untrusted("size")
    header = jwt.get_unverified_header(token)
    if str(header.get("alg")) not in ALGORITHMS:
        raise _Untrusted("algorithm")
    if _media_type(str(header.get("typ"))) not in types:
        raise _Untrusted("type")
    if not isinstance(header.get("kid"), str):
        raise _Untrusted("kid")
    if "crit" in header:
        raise _Untrusted("critical")
    return header


def _media_type(name: str) -> str:
    """The media type without `application/`, which may be left out (RFC 7515, 4.1.9)."""
    return name.strip().lower().removeprefix("application/")


def _check_times(claims: dict[str, Any], now: float) -> None:
    """Refuse a token that has expired, is not yet valid or was issued in the future, each by more than the leeway.

    (RFC 7519, 4.1.4-4.1.6)
    """
    if _moment(claims["exp"]) <= now - LEEWAY_SECONDS:
        raise _Untrusted("expired")
    if _moment(claims.get("nbf", 0)) > now + LEEWAY_SECONDS:
        raise _Untrusted("not-yet-valid")
    if _moment(claims["iat"]) > now + LEEWAY_SECONDS:
        raise _Untrusted("from-the-future")


def _moment(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LAST_MOMENT < value < _LAST_MOMENT:
        raise _Untrusted("time")
    return float(value)


def _actor(claims: dict[str, Any]) -> Actor:
    """The actor of the claims: subject, known roles (`roles`, or Keycloak's `realm_access.roles`), `organisation`."""
    subject, organisation = claims["sub"], claims.get("organisation")
    realm = claims.get("realm_access", {})
    if claims.get("typ", "Bearer") != "Bearer":  # Keycloak marks ID and refresh tokens here
        raise _Untrusted("type")
    if not _is_name(subject) or not isinstance(realm, dict):
        raise _Untrusted("claims")
    if organisation not in (None, "") and not _is_name(organisation):
        raise _Untrusted("claims")
    named = [*_names(claims.get("roles", [])), *_names(realm.get("roles", []))]
    return Actor(
        subject=subject,
        roles=frozenset(_ROLES[name] for name in named if name in _ROLES),
        organisation=organisation or None,
    )


def _is_name(value: Any) -> bool:
    """Whether the value is text that is printable and not blank: no NUL, control character or lone surrogate."""
    return isinstance(value, str) and 0 < len(value) <= SUBJECT_LIMIT and value.isprintable() and not value.isspace()


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _Untrusted("claims")
    return value
