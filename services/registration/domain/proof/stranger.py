"""Who asks without account and without link."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody without account and without link: a keyed hash of the address from which he asks.

    For `allowed` people whom he registers nobody needs to have answered yet while they have a seat; 0: for any number.
    """

    client: bytes
    allowed: int = 0
