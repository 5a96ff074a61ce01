"""New identifiers: UUID version 7 (RFC 9562 §5.7), so that rows and events sort by the time they were made."""

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


_NAMESPACE = UUID("6f0cf7f4-8f0a-5c52-9a3a-1f6a3f8e7b10")
