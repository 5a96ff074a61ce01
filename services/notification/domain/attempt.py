"""How long to go on asking, and how long to wait between two attempts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.ids import derived_id

PATIENCE: Final = timedelta(hours=72)
"""After that a message that no provider has taken is given up."""

REFUSALS: Final = 5
"""Refusals that blame nobody, after which no further attempt is made."""

_WHOLE: Final = (1 << 128) - 1
_RECIPIENT: Final = _WHOLE ^ (1 << 80) - 1
_VERSION: Final = 0xF << 76

FIRST_PAUSE: Final = 2.0  # seconds
LONGEST_PAUSE: Final = 900.0  # seconds


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    REFUSED = "refused"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


def attempt_key(address: str, *parts: object) -> UUID:
    """What makes an attempt idempotent: the same for the same question (UUID version 8, RFC 9562 §5.8).

    Its first 48 bits are made of the address alone: in the index of keys, all attempts to one recipient stand together.
    """
    recipient, question = derived_id("recipient", address), derived_id(address, *parts)
    value = recipient.int & _RECIPIENT | question.int & ~_RECIPIENT
    return UUID(int=value & ~_VERSION | 8 << 76)


def keys_of_recipient(key: UUID) -> tuple[UUID, UUID]:
    """The lowest and the highest key of the attempts to the recipient of `key`."""
    return UUID(int=key.int & _RECIPIENT), UUID(int=key.int | _WHOLE ^ _RECIPIENT)


def pause_before(number: int, *, chance: float, asked: float = 0.0) -> timedelta:
    """The wait after attempt `number` (from 1): exponential, jitter by `chance` in [0, 1), at least `asked` s."""
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(number - 1, 20))
    return timedelta(seconds=max(asked, ceiling * chance))


def given_up(*, since: datetime, next_at: datetime) -> bool:
    """Whether the next attempt would come too late."""
    return next_at - since > PATIENCE
