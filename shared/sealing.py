"""Encrypts short secrets (links, tickets) that events carry: whoever has the plain text could use it.

Fernet: AES-128-CBC and HMAC-SHA-256. Only services that have the key can decrypt. Keys may be rotated: the first key
of the list encrypts, all of them decrypt.
"""

from collections.abc import Sequence
from typing import Annotated

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import AfterValidator, SecretStr


class SealBroken(ValueError):
    """The value was not encrypted with one of our keys."""


class Sealer:
    """Encrypts and decrypts short texts; `keys` are url-safe base64 of 32 bytes (`Fernet.generate_key`)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def of(cls, keys: SecretStr) -> "Sealer":
        """From a setting: keys by comma. Raises `ValueError` if one of them is no key."""
        return cls(keys.get_secret_value().split(","))

    def seal(self, text: str) -> str:
        """The encrypted text; different each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The plain text; raises `SealBroken` if it was not encrypted with one of the keys."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken from None


def _checked(keys: SecretStr) -> SecretStr:
    try:
        Sealer.of(keys)
    except ValueError:
        raise ValueError("must be url-safe base64 of 32 bytes, several by comma") from None
    return keys


SealingKeys = Annotated[SecretStr, AfterValidator(_checked)]
"""The type of a setting that holds the keys of a `Sealer`."""
