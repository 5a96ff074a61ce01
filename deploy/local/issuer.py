"""A small OIDC issuer for local runs and tests, never for production: whoever can read its folder can sign tokens.

`python -m deploy.local.issuer --port 9000 --folder .local/issuer` serves the discovery document and the public keys.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import FastAPI

from shared.kernel import Role

AUDIENCE = "pasum"
DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"
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
    return jwt.encode(claims, _load(key), algorithm="EdDSA", headers={"kid": key.stem, "typ": "at+jwt"})


def jwks(folder: Path) -> dict[str, Any]:
    """The public keys of `folder` as a JSON Web Key Set (RFC 7517)."""
    ensure_key(folder)
    return {"keys": [_public(path) for path in sorted(_key_files(folder))]}


def create_app(folder: Path, issuer: str) -> FastAPI:
    """A web application with the discovery document and the public keys."""
    app = FastAPI(title="Local issuer", openapi_url=None)

    @app.get(DISCOVERY)
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer.rstrip('/')}{JWKS}",
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
        }

    @app.get(JWKS)
    async def keys() -> dict[str, Any]:
        return jwks(folder)

    return app


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
    issuer = options.issuer or f"http://{options.host}:{options.port}"
    uvicorn.run(create_app(options.folder, issuer), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
