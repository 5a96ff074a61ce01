"""Encrypts short secrets (links, tickets) that events carry: whoever has the plain text could use it.

Fernet: AES-128-CBC and HMAC-SHA-256. Only services that have the key can decrypt. Keys may be rotated: the first key
of the list encrypts, all of them decrypt.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(ValueError):
    """The value was not encrypted with one of our keys."""


class Sealer:
    """Encrypts and decrypts short texts; `keys` are url-safe base64 of 32 bytes (`Fernet.generate_key`)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """The encrypted text; different each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The plain text; raises `SealBroken` if it was not encrypted with one of the keys."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken from None
