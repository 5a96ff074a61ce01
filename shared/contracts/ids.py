"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that rows and events sort by the time they were made."""

import os
import time
from uuid import UUID, uuid5


def new_id() -> UUID:
    """A fresh UUID v7: 48 bits of Unix milliseconds, 74 random bits. Called at the doors, never in a pure room."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    return _stamped(value, version=7)


def derived_id(*parts: object) -> UUID:
    """The same parts give the same identifier (UUID version 5): for what must not exist twice, asked for how often."""
    return uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts))


def _stamped(value: int, *, version: int) -> UUID:
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    return UUID(int=value | version << 76 | 0x8000 << 48)


_NAMESPACE = UUID("6f0cf7f4-8f0a-5c52-9a3a-1f6a3f8e7b10")
