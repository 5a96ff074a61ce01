"""Tickets as compact JWS (RFC 7515) with Ed25519 (RFC 8037): 200 characters in a QR code, verifiable offline."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_private_key
from jwt.types import Options

from services.registration.ports import PublicTicketKey, Ticket, TicketKeyState
from shared.contracts.registration import CheckInRefusal

_REQUIRED: Options = {"require": ["mid", "rid", "ser", "nbf", "exp"], "verify_exp": False, "verify_nbf": False}
LONGEST = 2_000


def public_keys(text: str) -> dict[str, Ed25519PublicKey]:
    """Public keys by key id, from `<key id>=<SubjectPublicKeyInfo as DER in base64>`, comma-separated.

    Raises `ValueError` with the key id for what is no Ed25519 key.
    """
    found = {}
    for entry in filter(None, text.split(",")):
        key_id, _, encoded = entry.strip().partition("=")
        try:
            key = load_der_public_key(b64decode(encoded, validate=True))
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PublicKey):
            message = f"ticket key {key_id!r}: not an Ed25519 public key (DER, base64)"
            raise ValueError(message)  # noqa: TRY004 -- a wrong value of a setting, whatever it decodes to
        found[key_id] = key
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadKeys:
    """The keys that do not sign and whose tickets are read, each as `public_keys` reads it.

    `coming` will sign later, `retired` have signed before, `others` are published as long as they are set.
    """

    coming: str = ""
    retired: str = ""
    others: str = ""

    def by_state(self) -> dict[TicketKeyState, dict[str, Ed25519PublicKey]]:
        """The keys; raises `ValueError` for what is none."""
        texts: dict[TicketKeyState, str] = {"other": self.others, "retired": self.retired, "next": self.coming}
        return {state: public_keys(text) for state, text in texts.items()}


class Ed25519Tickets:
    """Signs with one key, reads what any of the known keys has signed: a key can be changed during a meeting."""

    def __init__(self, key: Ed25519PrivateKey, *, key_id: str, read: ReadKeys = ReadKeys()) -> None:
        """Raises `ValueError` where two keys have one name, or the key that signs has two."""
        self._key = key
        self._states: dict[str, TicketKeyState] = {}
        self._known: dict[str, Ed25519PublicKey] = {}
        self.key_id = key_id
        for state, keys in [*read.by_state().items(), ("signing", {key_id: key.public_key()})]:
            for name, known in keys.items():
                self._add(name, known, state)

    def _add(self, name: str, key: Ed25519PublicKey, state: TicketKeyState) -> None:
        another = self._known.get(name, key) != key
        renamed = state == "signing" and key in [known for other, known in self._known.items() if other != name]
        if another or renamed:
            message = f"ticket key {name!r}: every key needs a name of its own"
            raise ValueError(message)
        self._known[name], self._states[name] = key, state

    @classmethod
    def from_pem(cls, pem: bytes, *, key_id: str, read: ReadKeys = ReadKeys()) -> "Ed25519Tickets":
        """From a PKCS#8 private key.

        Raises `ValueError` for what is no key, `TypeError` for a private key of another kind.
        """
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("the ticket key must be Ed25519")
        return cls(key, key_id=key_id, read=read)

    def sign(self, ticket: Ticket) -> str:
        """The text of the QR code; the same ticket gives the same text (Ed25519 is deterministic)."""
        claims = {
            "mid": str(ticket.meeting_id),
            "rid": str(ticket.registration_id),
            "ser": ticket.serial,
            "nbf": int(ticket.not_before.timestamp()),
            "exp": int(ticket.not_after.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.key_id})

    def public_keys(self) -> Mapping[str, PublicTicketKey]:
        """The key that signs and the others, raw (RFC 8032)."""
        return {
            key_id: PublicTicketKey(octets=key.public_bytes_raw(), state=self._states[key_id])
            for key_id, key in self._known.items()
        }

    def read(self, text: str, *, meeting_id: UUID) -> Ticket | CheckInRefusal:
        """The ticket, or what is wrong with it; the times in it are for desks without a network."""
        ticket = self._verified(text)
        if ticket is None:
            return "forged"
        return ticket if ticket.meeting_id == meeting_id else "wrong-meeting"

    def _verified(self, text: str) -> Ticket | None:
        if len(text) > LONGEST:
            return None
        try:
            key = self._known[jwt.get_unverified_header(text)["kid"]]
            claims = jwt.decode(text, key, algorithms=["EdDSA"], options=_REQUIRED)
            return Ticket(
                meeting_id=UUID(claims["mid"]),
                registration_id=UUID(claims["rid"]),
                serial=int(claims["ser"]),
                not_before=datetime.fromtimestamp(claims["nbf"], UTC),
                not_after=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, OverflowError, OSError, AttributeError):
            return None
