"""New identifiers: UUID version 7 (RFC 9562 §5.7), so that rows and events sort by the time they were made."""

from hashlib import sha256
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUID v7; within one process each is greater than the one before, also within a millisecond.

    It can be guessed, so it must not serve as a secret. Only routes and the outbox call it: domain code gets
    identifiers inside its command.
    """
    return uuid7()


def derived_id(*parts: object) -> UUID:
    """A UUID v5: the same parts always give the same identifier, so that a repeated command creates nothing twice."""
    return uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts))


def code_check(meeting_id: object, code: str) -> str:
    """Four hexadecimal digits by which a desk without a network recognises the code of a registration.

    They are 16 of its 30 bits: who has them cannot tell the code, and guesses are limited where a code can be used.
    """
    return sha256(f"{meeting_id}\x1f{code}".encode()).hexdigest()[:4]


_NAMESPACE = UUID("6f0cf7f4-8f0a-5c52-9a3a-1f6a3f8e7b10")
