"""Codes that a person can read out at the door."""

import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
CODE_LENGTH: Final = 6
_LETTER: Final = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))  # 32 letters: each equally likely


def new_code() -> str:
    """One of 10⁹; of a meeting of 50,000, one or two are drawn twice."""
    return secrets.token_bytes(CODE_LENGTH).translate(_LETTER).decode()
