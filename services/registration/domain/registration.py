"""A registration, as a command sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.registration_states import RegistrationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The registration that a command refers to, or one of those who wait.

    `entered_at` and `left_at` are the latest of each, in whatever order they became known. `contact_taken`: of a
    request, whether another registration has the same number or address. `proven`: whether somebody has answered for
    the person; `held_until` is when the seat is given up otherwise.
    """

    registration_id: UUID
    person_id: UUID
    organisation: str
    state: RegistrationState
    code: str
    rank: int
    invitation_id: UUID | None = None
    represents: UUID | None = None
    ticket_serial: int = 0
    checked_in: bool = False
    entered_at: datetime | None = None
    left_at: datetime | None = None
    group_id: UUID | None = None
    contact_taken: bool = False
    proven: bool = True
    held_until: datetime | None = None
    blocked: bool = False

    def inside(self, at: datetime) -> bool:
        """Whether he was in the room at the moment `at`, after all that is known."""
        entered, left = self.entered_at, self.left_at
        return self.checked_in and (left is None or at < left or (entered is not None and entered > left))
