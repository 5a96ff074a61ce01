"""A small OIDC issuer for local runs and tests, never for production: whoever can read its folder can sign tokens.

`python -m deploy.local.issuer --port 9000 --folder .local/issuer` serves the discovery document, the public keys, and a
login page on which a test person is chosen without a password.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import FastAPI

from deploy.local.logins import AUTHORIZE, REVOKE, TOKEN, Logins, login_routes
from deploy.local.people import TestPerson
from shared.kernel import Role

AUDIENCE = "pasum"
DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"
ACCESS_SECONDS = 300.0  # of the access token of a login, as providers have it
_KEPT = 2  # the signing key and the one before it, so that existing tokens stay valid after a rotation


def ensure_key(folder: Path) -> Path:
    """The file of the signing key in `folder`; it is created if there is none."""
    return max(_key_files(folder), default=None) or rotate(folder)


def rotate(folder: Path) -> Path:
    """Create a new signing key; the one before it stays published, older ones are deleted."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{time.time_ns():020d}.pem"
    partial = folder / f"{path.name}.partial"
    partial.touch(mode=0o600)
    partial.write_bytes(pem)
    partial.replace(path)
    for old in sorted(_key_files(folder))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path


def issue_token(  # noqa: PLR0913 -- all named
    folder: Path,
    *,
    issuer: str,
    roles: Iterable[Role | str],
    organisation: str | None = None,
    subject: str | None = None,
    audience: str = AUDIENCE,
    ttl: float = 3600.0,
    name: str | None = None,
) -> str:
    """An access token (RFC 9068), signed with the newest key in `folder`; `ttl` in seconds (negative: expired)."""
    key = ensure_key(folder)
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject or str(uuid4()),
        "iat": now + min(0, int(ttl)) - 1,
        "exp": now + int(ttl),
        "jti": str(uuid4()),
        "roles": [str(role) for role in roles],
    }
    if organisation is not None:
        claims["organisation"] = organisation
    if name is not None:
        claims["name"] = name
    return jwt.encode(claims, _load(key), algorithm="EdDSA", headers={"kid": key.stem, "typ": "at+jwt"})


def jwks(folder: Path) -> dict[str, Any]:
    """The public keys of `folder` as a JSON Web Key Set (RFC 7517)."""
    ensure_key(folder)
    return {"keys": [_public(path) for path in sorted(_key_files(folder))]}


def create_app(folder: Path, issuer: str, address: str | None = None) -> FastAPI:
    """A web application with the discovery document, the public keys and the login of test people.

    `address` is where it is reached, if that is not the issuer's name.
    """
    base = (address or issuer).rstrip("/")
    app = FastAPI(title="Local issuer", openapi_url=None)
    logins = Logins(issuer, partial(_token_of, folder, issuer))
    app.state.logins = logins
    app.include_router(login_routes(logins))

    @app.get(DISCOVERY)
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "jwks_uri": f"{base}{JWKS}",
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "response_types_supported": ["code"],
            "authorization_endpoint": f"{base}{AUTHORIZE}",
            "token_endpoint": f"{base}{TOKEN}",
            "revocation_endpoint": f"{base}{REVOKE}",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
            "subject_types_supported": ["public"],
        }

    @app.get(JWKS)
    async def keys() -> dict[str, Any]:
        return jwks(folder)

    return app


def _token_of(folder: Path, issuer: str, person: TestPerson) -> str:
    return issue_token(
        folder,
        issuer=issuer,
        roles=[person.role],
        organisation=person.organisation,
        subject=f"test-{person.role}",
        ttl=ACCESS_SECONDS,
        name=f"{person.lao} · {person.english}",
    )


def _key_files(folder: Path) -> list[Path]:
    return list(folder.glob("*.pem"))


def _load(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} is not an Ed25519 key")
    return key


def _public(path: Path) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(jwt.get_algorithm_by_name("EdDSA").to_jwk(_load(path).public_key()))
    return {**entry, "kid": path.stem, "use": "sig", "alg": "EdDSA"}


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="where the keys are kept")
    parser.add_argument("--issuer", help="the `iss` of the tokens; http://HOST:PORT by default")
    options = parser.parse_args()
    os.umask(0o077)
    ensure_key(options.folder)
    address = f"http://{options.host}:{options.port}"
    app = create_app(options.folder, options.issuer or address, address)
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
