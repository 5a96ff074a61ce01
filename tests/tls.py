"""Servers with TLS on loopback, whose certificate comes from an authority that nobody knows but the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.local.ports import LOOPBACK, free_port
from tests.shared.provider import wait_for


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAuthority:
    """Its own certificate, and a certificate with its key for a server on loopback; all PEM."""

    ca: Path
    certificate: Path
    key: Path


def private_authority(folder: Path) -> PrivateAuthority:
    """A new authority, with the certificate of one server that it has signed, valid for an hour."""
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("private authority", authority.public_key(), issuer=authority, ca=True)
    leaf = _certificate("server", server.public_key(), issuer=authority, ca=False)
    made = PrivateAuthority(ca=folder / "ca.crt", certificate=folder / "tls.crt", key=folder / "tls.key")
    made.ca.write_bytes(root.public_bytes(Encoding.PEM))
    made.certificate.write_bytes(leaf.public_bytes(Encoding.PEM))
    made.key.touch(mode=0o600)
    made.key.write_bytes(server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, *, issuer: ec.EllipticCurvePrivateKey, ca: bool
) -> x509.Certificate:
    named = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in (name, "private authority")]
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(named[1], named[0], key, x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        .sign(issuer, hashes.SHA256())
    )


@contextmanager
def serving(app: Any, authority: PrivateAuthority) -> Iterator[str]:
    """Serve an ASGI application over TLS; the URL."""
    port = free_port()
    config = uvicorn.Config(
        app, port=port, log_config=None, ssl_certfile=authority.certificate, ssl_keyfile=authority.key
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(port)
    try:
        yield f"https://{LOOPBACK}:{port}"
    finally:
        server.should_exit = True
        thread.join()
