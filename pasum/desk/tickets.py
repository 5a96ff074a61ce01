"""Reads what a scanner typed, and checks tickets without a network: Ed25519 (RFC 8037) in a compact JWS (RFC 7515)."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.types import Options

LONGEST: Final = 2_000
"""Characters; a ticket has about 250. What is longer is kept and sent cut off."""
_OPTIONS: Final[Options] = {"require": ["mid", "rid", "ser"], "verify_exp": False, "verify_nbf": False}


@dataclass(frozen=True, slots=True)
class Ticket:
    """The genuine ticket of one registration."""

    meeting_id: str
    registration_id: str
    serial: int


def scanned(line: bytes) -> str:
    """The text of a scan, without what a scanner adds around or inside it; never fails, whatever the bytes are."""
    text = line[: LONGEST * 4].decode("utf-8", errors="replace")
    return "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cf"}).strip()[:LONGEST]


def read(text: str, keys: Mapping[str, Any]) -> Ticket | None:
    """The ticket, or None for what none of the keys has signed; when it is good is not looked at here."""
    try:
        key = jwt.PyJWK.from_dict(keys[jwt.get_unverified_header(text)["kid"]])
        claims = jwt.decode(text, key, algorithms=["EdDSA"], options=_OPTIONS)
        return Ticket(meeting_id=str(claims["mid"]), registration_id=str(claims["rid"]), serial=int(claims["ser"]))
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
        return None
