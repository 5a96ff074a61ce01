"""The log's private key in a file, for a local run or a small office."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.archive.domain.note import VerifierKey


class KeyFile:
    """A `LogSigner` whose key stays in memory."""

    def __init__(self, private: Ed25519PrivateKey, *, origin: str) -> None:
        self._private = private
        self._key = VerifierKey(origin, private.public_key().public_bytes_raw())

    @classmethod
    def from_pem(cls, pem: bytes, *, origin: str) -> "KeyFile":
        """From a PKCS#8 private key; `TypeError` when it is of another kind, `MalformedKey` for an unfit origin."""
        private = load_pem_private_key(pem, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            message = "the log's key must be Ed25519"
            raise TypeError(message)
        return cls(private, origin=origin)

    @property
    def key(self) -> VerifierKey:
        """See `LogSigner.key`."""
        return self._key

    def sign(self, text: bytes) -> bytes:
        """See `LogSigner.sign`."""
        return self._private.sign(text)
