"""Sealed values: who holds a link or a ticket may use it, so on the bus it travels encrypted.

Fernet: AES-128-CBC and HMAC-SHA-256. Only the services that share the key can open it. Keys may be rotated: the first
of the list seals, all of them open.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(ValueError):
    """The value was not sealed with one of our keys."""


class Sealer:
    """Seals and opens short texts; `keys` are url-safe base64 of 32 bytes (`Fernet.generate_key`)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """The sealed text; different each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text; raises `SealBroken`."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken from None
