"""Seals what a browser keeps for us: it can neither read nor change it, nor use it for another purpose."""

import json
import os
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

_NONCE: Final = 12  # bytes (NIST SP 800-38D, 8.2)
_LARGEST: Final = 64 * 1024  # bytes of an opened value: a small one must not grow without end


class Seal:
    """AES-256-GCM; `keys` are url-safe base64 of 32 bytes, by comma: the first seals, all of them open."""

    def __init__(self, keys: SecretStr) -> None:
        self._keys = [AESGCM(urlsafe_b64decode(key.strip())) for key in keys.get_secret_value().split(",")]

    def seal(self, content: dict[str, Any], *, purpose: str) -> str:
        """The content as a text for a cookie; it is compressed, as tokens are long."""
        nonce = os.urandom(_NONCE)
        packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
        return urlsafe_b64encode(nonce + self._keys[0].encrypt(nonce, packed, purpose.encode())).decode().rstrip("=")

    def open(self, sealed: str, *, purpose: str) -> dict[str, Any] | None:
        """The content; None if it was not sealed with one of the keys for this purpose."""
        try:
            whole = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except ValueError:
            return None
        for key in self._keys:
            try:
                packed = key.decrypt(whole[:_NONCE], whole[_NONCE:], purpose.encode())
            except (InvalidTag, ValueError):
                continue
            content: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
            return content
        return None
