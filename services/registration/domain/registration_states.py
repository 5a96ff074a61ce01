"""What becomes of a registration: its states, and those that belong together."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class RegistrationState(StrEnum):
    """requested → confirmed, waitlisted or rejected; confirmed or waitlisted → represented, withdrawn or declined.

    withdrawn or declined → confirmed or waitlisted; awaiting-proof → confirmed, waitlisted or withdrawn.
    """

    REQUESTED = "requested"
    AWAITING_PROOF = "awaiting-proof"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REPRESENTED = "represented"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REJECTED = "rejected"


GIVEN_UP: Final = (RegistrationState.WITHDRAWN, RegistrationState.DECLINED)
"""Who has said no, and may take part after all."""
HOLDING: Final = (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
"""Who has a seat or a place in the queue."""
NOT_YET_CONFIRMED: Final = (
    *(RegistrationState.REQUESTED, RegistrationState.WAITLISTED),
    RegistrationState.AWAITING_PROOF,
)
"""Who has no seat and may still get one."""
ONE_EACH: Final = (*HOLDING, RegistrationState.REPRESENTED)
"""Of a number or an address, a meeting has one registration in any of these."""


def sql_list(states: Iterable[RegistrationState]) -> str:
    """`'confirmed', 'waitlisted'`: in the text of a statement, as PostgreSQL finds a partial index by it."""
    return ", ".join(f"'{state}'" for state in states)
