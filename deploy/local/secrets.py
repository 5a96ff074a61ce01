"""The secrets of one local system: created at first use, stored in files that only their owner can read."""

import base64
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deploy.local.passwords import Passwords
from deploy.local.pki import TestPki, ensure_test_pki

LOG_ORIGIN = "pasum.local/archive"  # the name of the archive's log in every local system
_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The paths of key files, and the secrets that are passed in environment variables."""

    sealing_key: str
    session_key: str
    sms_secret: str
    ticket_key: Path
    log_key: Path
    log_public_key: Path
    log_verifier_key: Path
    pki: TestPki


def ensure_secrets(folder: Path) -> Secrets:
    """The secrets in `folder`; missing ones are created."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passwords = Passwords(folder / "secrets.json")
    log_key = _ed25519(folder / "log.pem")
    return Secrets(
        sealing_key=_fernet(folder / "sealing.key"),
        session_key=_fernet(folder / "session.key"),
        sms_secret=passwords.of("sms"),
        ticket_key=_ed25519(folder / "ticket.pem"),
        log_key=log_key,
        log_public_key=log_key.with_suffix(".pub"),
        log_verifier_key=_verifier_key(log_key),
        pki=ensure_test_pki(folder / "pki"),
    )


def _fernet(file: Path) -> str:
    if not file.exists():
        _write(file, Fernet.generate_key())
    return file.read_text(encoding="ascii")


def _ed25519(file: Path) -> Path:
    if not file.exists():
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        file.with_suffix(".pub").write_bytes(base64.b64encode(public))
        _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def _verifier_key(log_key: Path) -> Path:
    """Write the public key of the log, which `pasum verify` needs, beside the private key.

    The format is `name+id+key` (https://c2sp.org/signed-note, for Ed25519).
    """
    file = log_key.with_suffix(".vkey")
    public = _ED25519 + base64.b64decode(log_key.with_suffix(".pub").read_bytes())
    key_id = sha256(LOG_ORIGIN.encode() + b"\n" + public).hexdigest()[:8]
    file.write_text(f"{LOG_ORIGIN}+{key_id}+{base64.b64encode(public).decode()}\n", encoding="utf-8")
    return file


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(content)
