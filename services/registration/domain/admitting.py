"""What a fact makes of the rules by which people are admitted, and of the seats that are counted for them."""

from collections.abc import Mapping
from datetime import datetime

from shared.contracts.registration import Admission


def closing_with(admission: Admission, *, old: datetime, new: datetime) -> Admission:
    """A later meeting leaves as much more time to register; an earlier one takes none, but that after its beginning."""
    if admission.closes_at is None:
        return admission
    closes_at = admission.closes_at + (new - old) if new > old else min(admission.closes_at, new)
    return Admission(**dict(admission) | {"closes_at": closes_at})


def limited_seats(admission: Admission, taken: Mapping[str, int], counted: frozenset[str]) -> Mapping[str, int]:
    """The seats taken of those bodies whose seats are limited, and of those that are counted with them."""
    limited = {one.organisation: taken.get(one.organisation, 0) for one in admission.organisations}
    together = counted if limited else ()
    return {code: seats for code, seats in taken.items() if seats and code in together} | limited
