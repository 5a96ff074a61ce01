"""An invitation, as a command sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The invitation that a command refers to.

    `answered`: whether anybody of the body has answered; `told_at` is when its contact was last told of it, null where
    an earlier version has told him. Both are known to the commands that remind (`store/reminders.py`). `acting` is who
    acts for its body on the day of the meeting, where a command has to know it.
    """

    invitation_id: UUID
    organisation: str
    seats: int
    used: int
    expires_at: datetime
    contact: UUID
    sealed_link: str | None = None
    revoked: bool = False
    declined: int = 0
    answered: bool = False
    told_at: datetime | None = None
    acting: str | None = None
