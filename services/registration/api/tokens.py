"""Tokens of links: 80 random bits, short enough for an SMS and for being typed, in the alphabet of Crockford's base32.

Only the SHA-256 of a token is stored, and by it a token is found: whoever measures how long that takes learns nothing
of the token itself. Tokens of 43 letters are those of links that were sent by earlier releases.
"""

import re
import secrets
import unicodedata
from typing import Annotated, Final
from uuid import UUID

from pydantic import BeforeValidator, StringConstraints

from shared.lao import parse_digits

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
_LENGTH: Final = 16
_LETTER: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))  # 32: each equally likely
_LONGEST: Final = 128  # with whatever was typed between
_SAME: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = {"Cc", "Cf", "Pd", "Pc"}
_EARLIER: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BITS: Final = 5  # of one letter
_LETTERS_OF_ID: Final = 26


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_bytes(_LENGTH).translate(_LETTER).decode()


def _token(value: object) -> object:
    """A token as it was issued, from what somebody typed or pasted: any case, white space, hyphens, Lao digits."""
    if not isinstance(value, str) or len(value) > _LONGEST or _EARLIER.fullmatch(value.strip()):
        return value.strip() if isinstance(value, str) else value
    kept = (each for each in parse_digits(value) if not (each.isspace() or unicodedata.category(each) in _BETWEEN))
    return "".join(kept).upper().translate(_SAME)


LinkTokenInput = Annotated[
    str, StringConstraints(pattern=rf"^([{_ALPHABET}]{{{_LENGTH}}}|[A-Za-z0-9_-]{{43}})$"), BeforeValidator(_token)
]
"""The token at the end of a link."""


def token_of_link(link: str) -> str:
    """The token at the end of a link: its last step, or what stands behind `#` in links of earlier releases."""
    return re.split("[#/]", link)[-1]


def read_id(written: str) -> UUID:
    """An identifier in 26 letters, as in links of earlier SMS, or in the usual form. Raises `ValueError` otherwise."""
    if len(written) != _LETTERS_OF_ID:
        return UUID(written)
    number = 0
    for letter in written.upper().translate(_SAME):
        number = number << _BITS | _ALPHABET.index(letter)
    return UUID(int=number)
