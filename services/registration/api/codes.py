"""Codes that a person can read out at the door."""

import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
CODE_LENGTH: Final = 6


def new_code() -> str:
    """One of 10⁹; of a meeting of 50,000, one or two are drawn twice."""
    number = secrets.randbelow(len(ALPHABET) ** CODE_LENGTH)
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(CODE_LENGTH))
