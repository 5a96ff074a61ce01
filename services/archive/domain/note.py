"""The signed note of c2sp.org/signed-note: a text, an empty line, and lines `— name base64(key id || signature)`."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.archive.domain.evidence import ForeignSignature, ForgedSignature, MalformedKey, MalformedNote

ED25519 = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 4
NOTE_BYTES = 1 << 16
DASH = "\u2014"
SignBytes = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key (32 raw bytes) and the name it signs under; both public."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names that a signature line cannot carry, and keys of another length."""
        if not self.name or "+" in self.name or any(mark.isspace() or mark < " " for mark in self.name):
            raise MalformedKey(why="name")
        if len(self.public) != KEY_BYTES:
            raise MalformedKey(why="length")

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || LF || 0x01 || key): too short to identify a key by itself."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """`name+id+base64(0x01 || key)`: the verifier key as text, as other tools of transparency logs read it."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"


def parse_key(text: str) -> VerifierKey:
    """Read `name+id+base64`; `MalformedKey` unless every character of it is as `str(key)` writes it."""
    parts = text.strip().split("+", 2)
    encoded = base64(parts[-1])
    if encoded is None or not encoded.startswith(ED25519):
        raise MalformedKey(why="not an Ed25519 verifier key")
    key = VerifierKey(parts[0], encoded[1:])
    if str(key) != text.strip():
        raise MalformedKey(why="key id")
    return key


def sign_note(text: str, *, key: VerifierKey, sign: SignBytes) -> str:
    """The note over a text that ends in a newline; `sign` is Ed25519 with the private half of `key` (RFC 8032)."""
    if not text.endswith("\n") or not _printable(text):
        raise MalformedNote(why="text")
    signature = b64encode(key.key_id + sign(text.encode())).decode()
    return f"{text}\n{DASH} {key.name} {signature}\n"


def open_note(note: bytes, *, key: VerifierKey) -> str:
    """The text of a note, when the trusted key signed it.

    Signatures of other keys are ignored, as the format demands (witnesses add theirs). `MalformedNote`,
    `ForeignSignature` when the key did not sign, `ForgedSignature` when a line claims that it did.
    """
    text, lines = _split(note)
    signatures = [signature for name, signature in map(_signature, lines) if _is_by(key, name, signature)]
    if not signatures:
        raise ForeignSignature(key=key.name)
    for signature in signatures:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[KEY_ID_BYTES:], text.encode())
        except InvalidSignature as error:
            raise ForgedSignature(key=key.name) from error
    return text


def base64(text: str) -> bytes | None:
    """Strict RFC 4648 §4: the bytes, or `None` when the text is not the one encoding of any bytes."""
    try:
        decoded = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if b64encode(decoded).decode() == text else None


def _split(note: bytes) -> tuple[str, list[str]]:
    if len(note) > NOTE_BYTES:
        raise MalformedNote(why="length")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise MalformedNote(why="not UTF-8") from error
    text, separator, signatures = whole.rpartition("\n\n")
    if not (separator and signatures.endswith("\n") and _printable(whole)):
        raise MalformedNote(why="no signatures")
    return f"{text}\n", signatures[:-1].split("\n")


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    signature = base64(encoded) if dash == DASH and name else None
    if signature is None or len(signature) <= KEY_ID_BYTES:
        raise MalformedNote(why="signature line")
    return name, signature


def _is_by(key: VerifierKey, name: str, signature: bytes) -> bool:
    return name == key.name and signature[:KEY_ID_BYTES] == key.key_id


def _printable(text: str) -> bool:
    return all(mark >= " " or mark == "\n" for mark in text)
