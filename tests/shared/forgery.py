"""Tokens nobody should trust: each differs from a good one in what its name says."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.local.issuer import ensure_key
from tests.shared.provider import AUDIENCE, ISSUER

RSA = rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- one of the bad ones
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = Ed25519PrivateKey.generate()


def public(key: Any, algorithm: str, kid: str, **members: Any) -> dict[str, Any]:
    listed = json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key()))
    return {**listed, "kid": kid, **members}


@dataclass(slots=True)
class Forge:
    """Makes tokens that differ from a good one in what a test names."""

    folder: Path

    @property
    def kid(self) -> str:
        return ensure_key(self.folder).stem

    @property
    def key(self) -> bytes:
        return ensure_key(self.folder).read_bytes()

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": now, "exp": now + 60, "roles": ["desk"]}
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def signed(self, key: Any = None, algorithm: str = "EdDSA", header: Any = None, **changed: Any) -> str:
        headers = {"kid": self.kid, "typ": "at+jwt", **(header or {})}
        claims = self.claims(**changed)
        return jwt.encode(claims, self.key if key is None else key, algorithm=algorithm, headers=headers)

    def sealed(self, payload: bytes) -> str:
        """Any payload under a good signature."""
        return jwt.api_jws.encode(payload, self.key, "EdDSA", {"kid": self.kid, "typ": "at+jwt"})

    def raw(self, header: dict[str, Any]) -> str:
        """Good claims under any header, without a signature."""
        return ".".join(b64(part) for part in (json.dumps(header).encode(), json.dumps(self.claims()).encode(), b""))


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def hmac_with_public_key(forge: Forge) -> str:
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = forge.raw({"alg": "HS256", "typ": "at+jwt", "kid": "rsa"}).rpartition(".")[0]
    return f"{unsigned}.{b64(hmac.digest(pem, unsigned.encode(), hashlib.sha256))}"


def tampered_payload(forge: Forge) -> str:
    header, _, signature = forge.signed().split(".")
    return f"{header}.{b64(json.dumps(forge.claims(roles=['operator'])).encode())}.{signature}"


def transplanted_signature(forge: Forge) -> str:
    return forge.signed(sub="u-2").rpartition(".")[0] + "." + forge.signed(sub="u-1").rpartition(".")[2]


def flipped_bit(forge: Forge) -> str:
    head, _, signature = forge.signed().rpartition(".")
    octets = bytearray(base64.urlsafe_b64decode(signature + "=="))
    octets[7] ^= 1
    return f"{head}.{b64(bytes(octets))}"


BAD: dict[str, Callable[[Forge], str]] = {
    "empty": lambda _: "",
    "one dot": lambda _: "a.b",
    "not base64": lambda _: "ປະຊຸມ.ປະຊຸມ.ປະຊຸມ",
    "a megabyte": lambda _: "a" * 1_000_000,
    "a megabyte of claims": lambda f: f.signed(note="x" * 1_000_000),
    "typ JWT, as an ID token says": lambda f: f.signed(header={"typ": "JWT"}),
    "a blank subject": lambda f: f.sealed(json.dumps(f.claims(sub=" ")).encode()),
    "expiry beyond all numbers": lambda f: f.sealed(json.dumps(f.claims(exp=10**400)).encode()),
    "expiry of more digits than are read": lambda f: f.sealed(b'{"exp": ' + b"9" * 5_000 + b"}"),
    "not before beyond all numbers": lambda f: f.sealed(json.dumps(f.claims(nbf=-(10**400))).encode()),
    "subject with a NUL": lambda f: f.signed(sub="u-1\0"),
    "subject with a line feed": lambda f: f.signed(sub="u-1\nu-2"),
    "subject with half a surrogate pair": lambda f: f.signed(sub="\ud800"),
    "organisation with half a surrogate pair": lambda f: f.signed(organisation="\udfff"),
    "organisation with a NUL": lambda f: f.signed(organisation="MPI\0"),
    "organisation is too long": lambda f: f.signed(organisation="M" * 256),
    "claims that are not UTF-8": lambda f: f.sealed(b'{"iss": "\xff"}'),
    "deeply nested header": lambda _: b64(b"[" * 9_000) + ".e30.e30",
    "header is a list": lambda _: b64(b"[]") + ".e30.e30",
    "alg none": lambda f: f.raw({"alg": "none", "typ": "at+jwt", "kid": f.kid}),
    "alg None": lambda f: f.raw({"alg": "None", "typ": "at+jwt", "kid": f.kid}),
    "no alg": lambda f: f.raw({"typ": "at+jwt", "kid": f.kid}),
    "alg is a list": lambda f: f.raw({"alg": ["EdDSA"], "typ": "at+jwt", "kid": f.kid}),
    "no signature": lambda f: f.signed().rpartition(".")[0] + ".",
    "public key as HMAC secret": hmac_with_public_key,
    "HMAC with a secret": lambda f: f.signed(b"x" * 64, "HS256"),
    "RS512": lambda f: f.signed(RSA, "RS512", {"kid": "rsa"}),
    "PS256": lambda f: f.signed(RSA, "PS256", {"kid": "rsa"}),
    "RSA signature, key of another kind": lambda f: f.signed(RSA, "RS256"),
    "EC signature, key of another kind": lambda f: f.signed(EC, "ES256", {"kid": "rsa"}),
    "RSA of 1024 bits": lambda f: f.signed(SMALL_RSA, "RS256", {"kid": "small"}),
    "key for encryption": lambda f: f.signed(RSA, "RS256", {"kid": "encryption"}),
    "symmetric key in the set": lambda f: f.signed(b"k" * 32, "HS256", {"kid": "oct"}),
    "other key, our kid": lambda f: f.signed(STRANGER),
    "other key, own jwk": lambda f: f.signed(STRANGER, header={"jwk": public(STRANGER, "EdDSA", "mine")}),
    "other key, own jku": lambda f: f.signed(STRANGER, header={"jku": "http://127.0.0.1:1/", "kid": "mine"}),
    "other key, own x5u": lambda f: f.signed(STRANGER, header={"x5u": "http://127.0.0.1:1/", "kid": "mine"}),
    "kid is a path": lambda f: f.signed(STRANGER, header={"kid": "../../../../dev/null"}),
    "kid is SQL": lambda f: f.signed(STRANGER, header={"kid": "x' UNION SELECT 'key"}),
    "kid is a number": lambda f: f.raw({"alg": "EdDSA", "typ": "at+jwt", "kid": 7}),
    "no kid": lambda f: f.raw({"alg": "EdDSA", "typ": "at+jwt"}),
    "typ of a logout token": lambda f: f.signed(header={"typ": "logout+jwt"}),
    "no typ": lambda f: f.raw({"alg": "EdDSA", "kid": f.kid}),
    "critical extension": lambda f: f.signed(header={"crit": ["exp"]}),
    "unencoded payload": lambda f: f.signed(header={"b64": False, "crit": ["b64"]}),
    "other issuer": lambda f: f.signed(iss="https://other.test"),
    "issuer with a slash": lambda f: f.signed(iss=ISSUER + "/"),
    "issuer is a list": lambda f: f.sealed(json.dumps(f.claims(iss=[ISSUER])).encode()),
    "no issuer": lambda f: f.signed(iss=None),
    "other audience": lambda f: f.signed(aud="other"),
    "audience part of ours": lambda f: f.signed(aud="pas"),
    "no audience": lambda f: f.signed(aud=None),
    "expired": lambda f: f.signed(exp=int(time.time()) - 31),
    "no expiry": lambda f: f.signed(exp=None),
    "expiry is not a number": lambda f: f.signed(exp="tomorrow"),
    "expiry is true": lambda f: f.signed(exp=True),
    "expiry is infinite": lambda f: f.signed(exp=float("inf")),
    "expiry is NaN": lambda f: f.signed(exp=float("nan")),
    "not yet valid": lambda f: f.signed(nbf=int(time.time()) + 60),
    "issued in the future": lambda f: f.signed(iat=int(time.time()) + 60),
    "no time of issue": lambda f: f.signed(iat=None),
    "no subject": lambda f: f.signed(sub=None),
    "empty subject": lambda f: f.signed(sub=""),
    "subject is too long": lambda f: f.signed(sub="u" * 256),
    "roles is a string": lambda f: f.signed(roles="operator"),
    "roles of numbers": lambda f: f.signed(roles=[1]),
    "realm_access is a list": lambda f: f.signed(realm_access=["operator"]),
    "organisation is a list": lambda f: f.signed(organisation=["MPI"]),
    "an ID token": lambda f: f.signed(typ="ID"),
    "a refresh token": lambda f: f.signed(typ="Refresh"),
    "tampered payload": tampered_payload,
    "transplanted signature": transplanted_signature,
    "flipped bit": flipped_bit,
    "claims are a list": lambda f: f.sealed(b"[]"),
    "claims are deeply nested": lambda f: f.sealed(b"[" * 5_000),
}
